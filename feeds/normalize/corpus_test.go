package normalize_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"reprint/feeds"
	"reprint/feeds/normalize"
	"reprint/feeds/parse"
)

// expectation is one line of a list of what a file must be read as.
type expectation struct {
	File    string
	Parsed  bool // what the rest says holds for a parser that mends
	Headers map[string]string
	Asserts []struct {
		Path  []any
		Op    string
		Value any
	}
}

// score counts what was compared.
type score struct{ compared, matched int }

// TestCorpus reads the feeds of a large collection outside of the project and compares them
// with what the collection expects. `make corpus CORPUS=dir` runs it; the directory holds
// feedparser-expect.jsonl, the files that it names in a folder whose name ends with
// __feedparser, and any other trees of feeds, which are only read.
func TestCorpus(t *testing.T) {
	root := os.Getenv("CORPUS")
	if root == "" {
		t.Skip("set CORPUS to a collection of feeds")
	}
	roots, _ := filepath.Glob(filepath.Join(root, "*__feedparser", "tests"))
	list, err := os.Open(filepath.Join(root, "feedparser-expect.jsonl"))
	if err != nil || len(roots) != 1 {
		t.Fatalf("no expectations: %v", err)
	}
	defer list.Close()
	scores, explained, both := make(map[string]*score), make(map[string]int), &bareScore{}
	lines := bufio.NewScanner(list)
	lines.Buffer(nil, 1<<22)
	for lines.Scan() {
		var e expectation
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatal(err)
		}
		for _, miss := range compare(roots[0], e, scores, both) {
			if reason := deviation(miss); reason != "" {
				explained[reason]++
				continue
			}
			t.Error(miss)
		}
	}
	for _, reason := range slices.Sorted(maps.Keys(explained)) {
		t.Logf("%4d deviate: %s", explained[reason], reason)
	}
	total := score{}
	for _, field := range slices.Sorted(maps.Keys(scores)) {
		s := scores[field]
		total.compared += s.compared
		total.matched += s.matched
		t.Logf("%-28s %4d of %4d", field, s.matched, s.compared)
	}
	t.Logf("all fields: %d of %d match (%.1f %%)", total.matched, total.compared, 100*float64(total.matched)/float64(total.compared))
	t.Logf("fields that gofeed has too: ours %d, gofeed alone %d of %d (%.1f and %.1f %%)", both.ours, both.bares, both.compared,
		100*float64(both.ours)/float64(both.compared), 100*float64(both.bares)/float64(both.compared))
	scan(t, root)
}

// compare reads one file and returns what is not as expected.
func compare(root string, e expectation, scores map[string]*score, both *bareScore) (misses []string) {
	files, _ := filepath.Glob(filepath.Join(root, "*", e.File))
	files2, _ := filepath.Glob(filepath.Join(root, e.File))
	files = append(files, files2...)
	if len(files) == 0 {
		return nil
	}
	body, err := os.ReadFile(files[0])
	if err != nil {
		return []string{err.Error()}
	}
	if strings.Contains(e.File, "/sanitize/") {
		return nil // how another cleaner writes what it keeps
	}
	var hint parse.Hint
	for name, value := range e.Headers {
		switch {
		case strings.EqualFold(name, "Content-Type"):
			hint.ContentType = value
		case strings.EqualFold(name, "Content-Language"):
			hint.Language = value
		}
	}
	doc, err := parse.Parse(body, hint)
	for n := range doc.Entries { // so that entries of which a test has one field only are items
		if doc.Entries[n].GUID == "" && doc.Entries[n].Link == "" {
			doc.Entries[n].GUID = fmt.Sprint(n)
		}
	}
	items, _ := normalize.Items(doc, normalize.From{Source: "s", Name: "S", Home: "http://example.com/", URL: "http://127.0.0.1:8097/" + e.File, Authority: "x.example,2026", Zone: time.UTC})
	gofeed := bare(body)
	for _, a := range e.Asserts {
		if a.Op != "eq" {
			continue
		}
		field, got, ok := value(doc, items, a.Path)
		if !ok || field == "encoding" && isASCII(body) { // any name for it is right
			continue
		}
		s := scores[field]
		if s == nil {
			s = &score{}
			scores[field] = s
		}
		s.compared++
		matched := err == nil && (same(got, a.Value) || same(finally(items, field, a.Path), a.Value))
		both.add(gofeed, field, a.Path, matched, a.Value)
		if matched {
			s.matched++
			continue
		}
		misses = append(misses, fmt.Sprintf("%s: %s is %q, want %q (%v)", e.File, field, got, a.Value, err))
	}
	return misses
}

func isASCII(body []byte) bool {
	return !slices.ContainsFunc(body, func(c byte) bool { return c >= 0x80 })
}

// deviations are where Reprint reads otherwise than the collection expects, on purpose: parts
// of what is logged, and why.
var deviations = []struct{ miss, reason string }{
	{"encoding/big5.xml", "bytes that are UTF-8 are read as UTF-8, whatever they are declared as"},
	{"encoding/http_", "bytes that are UTF-8 are read as UTF-8, whatever they are declared as"},
	{"illformed/chardet/", "where nothing names a charset, GB18030 is tried and no statistics are"},
	{"entities/160.xml", "a document that breaks off before its first item has nothing to save"},
	{"entities/8217.xml", "a document that breaks off before its first item has nothing to save"},
	{"entities/8220.xml", "a document that breaks off before its first item has nothing to save"},
	{"entities/lang.xml", "entities are those of HTML 5, where lang is another bracket than in HTML 4"},
	{"entities/hex_entity", "a title that is escaped twice is read as HTML later, by normalize"},
	{"demoronize-", "controls of Windows-1252 are mended later, by normalize"},
	{"base64_base_docuri", "titles are plain text"},
	{"_base64", "bytes of no type (application/octet-stream) are no text"},
	{"_created", "the dates of creation of Atom 0.3 and Dublin Core are none of publication"},
	{"entry_category_term", "of a category's label and term the label is shown"},
	{"wellformed/cdf/", "CDF, a format of 1997, is not read"},
	{"source_rights_inline_markup", "names and rights of a source are kept as plain text"},
	{"source_title_inline_markup", "names and rights of a source are kept as plain text"},
	{"missing_quote_in_attr", "markup is kept as written until normalize cleans it"},
	{"item_description_br", "markup is kept as written until normalize cleans it"},
	{"item_description_not_a_doctype", "markup is kept as written until normalize cleans it"},
	{"relative_uri_inherit_2", "what a feed says of itself is resolved and cleaned where it is used"},
	{"http_channel_link_base_docuri", "what a feed says of itself is resolved and cleaned where it is used"},
	{"http_feed_author_url_base_docuri", "what a feed says of itself is resolved and cleaned where it is used"},
	{"http_feed_copyright_inline_base_docuri", "what a feed says of itself is resolved and cleaned where it is used"},
	{"http_feed_title_base_docuri", "what a feed says of itself is resolved and cleaned where it is used"},
	{"_id_base_docuri", "ids are kept byte for byte"},
	{"http_entry_contributor_url_base_docuri", "an entry with nothing but a contributor is none"},
	{"rel_uri_with_unicode_character", "links in texts are written in ASCII"},
	{"content_location", "Content-Location is no base for links (RFC 9110 section 8.7)"},
	{"itunes_item_category", "categories of podcasts and of media files are no tags of the item"},
	{"item_media_category_term", "categories of podcasts and of media files are no tags of the item"},
	{"item_media_title1", "what media:group says is about the files, not the item"},
	{"media_group.xml", "what media:group says is about the files, not the item"},
	{"xml_lang_blank", "a blank language says nothing, so that of the entry holds"},
	{"entry_summary_xml_lang_inherit", "an entry has one language, that of its content"},
	{"entry_title_xml_lang_inherit_3", "an entry has one language, that of its content"},
	{"item_fullitem_", "fullitem, an element of no standard, is not read"},
	{"wellformed/namespace/", "drawings and formulas are no text; normalize keeps what can be read of them"},
	{"channel_author_map", "who edits a channel did not write its items"},
	{"item_dc_author_map", "dc:author is no element of Dublin Core; dc:creator is"},
	{"entity_in_doctype", "entities that a document defines itself are never expanded"},
	{"item_description_and_summary", "description and summary are both summaries"},
	{"item_summary_and_description", "description and summary are both summaries"},
}

func deviation(miss string) string {
	for _, d := range deviations {
		if strings.Contains(miss, d.miss) {
			return d.reason
		}
	}
	return ""
}

// same compares as text, but for white space at the ends.
func same(got string, want any) bool {
	if want == nil {
		want = ""
	}
	if list, ok := want.([]any); ok {
		return reflect.DeepEqual(strings.Split(got, ","), texts(list))
	}
	// The div around XHTML is no part of the text (RFC 4287 section 3.1.1.3).
	text := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(fmt.Sprint(want)), "<div>"), "</div>")
	return strings.TrimSpace(got) == strings.TrimSpace(text)
}

func texts(list []any) (s []string) {
	for _, x := range list {
		s = append(s, fmt.Sprint(x))
	}
	return s
}

// value finds in a document what a path of the expectations means. It fails for fields that
// Reprint does not keep.
func value(d parse.Document, items []feeds.Item, path []any) (field, got string, ok bool) {
	var names []string
	index := -1
	for _, p := range path {
		switch p := p.(type) {
		case string:
			names = append(names, p)
		case float64:
			if index < 0 && len(names) == 1 {
				index = int(p)
			} else if p != 0 {
				return "", "", false
			}
		}
	}
	field = strings.Join(names, ".")
	if names[0] != "entries" {
		got, ok = feedValue(d, field)
		return field, got, ok
	}
	if index >= len(d.Entries) || index < 0 {
		_, ok = entryValue(parse.Entry{}, feeds.Item{}, field)
		return field, "(no entry)", ok
	}
	item := feeds.Item{}
	if index < len(items) {
		item = items[index]
	}
	entry := d.Entries[index]
	if entry.Language == "" {
		entry.Language = d.Language
	}
	got, ok = entryValue(entry, item, field)
	return field, got, ok
}

// outer matches what stands around a whole text.
var outer = regexp.MustCompile(`^(?:<div>|<p>)+|(?:</div>|</p>)+$`)

// finally is what became of a field once items were normalized: links are resolved, texts mended
// and cleaned.
func finally(items []feeds.Item, field string, path []any) string {
	index, ok := 0.0, false
	if len(path) > 1 {
		index, ok = path[1].(float64)
	}
	if !ok || int(index) >= len(items) {
		return ""
	}
	i := items[int(index)]
	switch strings.TrimPrefix(field, "entries.") {
	case "link":
		return i.Link
	case "title", "title_detail.value":
		return i.Title
	case "description", "summary", "summary_detail.value", "content.value":
		var html strings.Builder
		for _, p := range i.Body {
			html.WriteString(p.HTML)
		}
		return outer.ReplaceAllString(html.String(), "")
	}
	return ""
}

func feedValue(d parse.Document, field string) (string, bool) {
	switch field {
	case "encoding":
		return d.Charset, true
	case "feed.title", "feed.title_detail.value":
		return d.Title.Value, true
	case "feed.copyright", "feed.rights", "feed.copyright_detail.value", "feed.rights_detail.value":
		return d.Copyright.Value, true
	case "feed.link":
		return d.Home, true
	case "feed.id", "feed.guid":
		return d.ID, true
	case "feed.language":
		return d.Language, true
	case "feed.author_detail.name", "feed.authors.name":
		return first(d.Authors).Name, true
	case "feed.author_detail.email", "feed.authors.email":
		return first(d.Authors).Email, true
	case "feed.author_detail.url", "feed.authors.url":
		return first(d.Authors).URL, true
	case "feed.updated":
		return d.Updated, true
	}
	return "", false
}

func file(m []parse.Media) parse.Media {
	if len(m) == 0 {
		return parse.Media{}
	}
	return m[0]
}

func first(a []parse.Author) parse.Author {
	if len(a) == 0 {
		return parse.Author{}
	}
	return a[0]
}

func entryValue(e parse.Entry, i feeds.Item, field string) (string, bool) {
	source := e.Source
	if source == nil {
		source = &parse.Source{}
	}
	switch strings.TrimPrefix(field, "entries.") {
	case "title", "title_detail.value":
		return e.Title.Value, true
	case "description", "summary", "summary_detail.value":
		return e.Summary.Value, true
	case "content.value":
		return e.Content.Value, true
	case "link":
		return e.Link, true
	case "id", "guid":
		return e.GUID, true
	case "content.language", "title_detail.language", "summary_detail.language":
		return strings.ReplaceAll(e.Language, "_", "-"), true
	case "tags.term":
		return strings.Join(e.Categories[:min(1, len(e.Categories))], ","), true
	case "author_detail.name", "authors.name":
		return first(e.Authors).Name, true
	case "author_detail.email", "authors.email":
		return first(e.Authors).Email, true
	case "author_detail.url":
		return first(e.Authors).URL, true
	case "contributors.name":
		return first(e.Editors).Name, true
	case "contributors.email":
		return first(e.Editors).Email, true
	case "contributors.url":
		return first(e.Editors).URL, true
	case "source.title":
		return source.Title, true
	case "source.id":
		return source.ID, true
	case "source.rights":
		return source.Rights, true
	case "source.link":
		return source.Home, true
	case "enclosures.type":
		return file(e.Media).Type, true
	case "enclosures.href":
		return file(e.Media).URL, true
	case "media_credit.content":
		return strings.Join(file(e.Media).Credits, ","), true
	case "published", "updated", "created":
		return map[string]string{"published": e.Published, "updated": e.Updated, "created": e.Published}[strings.TrimPrefix(field, "entries.")], true
	case "published_parsed", "created_parsed":
		return tuple(i.Published), true
	case "updated_parsed":
		if i.Updated.IsZero() {
			return tuple(i.Published), true
		}
		return tuple(i.Updated), true
	}
	return "", false
}

// tuple writes a moment as the expectations do.
func tuple(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.UTC()
	return fmt.Sprintf("%d,%d,%d,%d,%d,%d,%d,%d,0", t.Year(), int(t.Month()), t.Day(), t.Hour(), t.Minute(), t.Second(), (int(t.Weekday())+6)%7, t.YearDay())
}

// scan reads everything else: nothing may panic or take long.
func scan(t *testing.T, root string) {
	read, refused, slow := 0, 0, time.Duration(0)
	slowest := ""
	_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, ".jsonl") || strings.HasSuffix(path, ".tsv") {
			return err
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		begun := time.Now()
		doc, err := parse.Parse(bytes.Clone(body), parse.Hint{})
		normalize.Items(doc, normalize.From{Source: "s", Name: "S", Home: "http://example.com/", URL: "http://example.com/feed", Authority: "x.example,2026"})
		if took := time.Since(begun); took > slow {
			slow, slowest = took, path
		}
		if read++; err != nil {
			refused++
		}
		return nil
	})
	t.Logf("%d files read without a panic, %d refused as no feed; the slowest took %v (%s)", read, refused, slow, filepath.Base(slowest))
}

// TestSecondPass: what came out of cleaning is changed no more by cleaning it again, for every
// attack of the collection.
func TestSecondPass(t *testing.T) {
	root := os.Getenv("CORPUS")
	if root == "" {
		t.Skip("set CORPUS to a collection of feeds")
	}
	f, err := os.Open(filepath.Join(root, "xss", "vectors.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<22)
	n := 0
	for ; lines.Scan(); n++ {
		var v struct{ Payload string }
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		once := cleaned("<p>Before the vector comes a sentence of the story, which is long enough to be prose and nothing else than prose.</p>" + v.Payload)
		if twice := cleaned(once); twice != once {
			t.Errorf("%q\nonce  %q\ntwice %q", v.Payload, once, twice)
		}
	}
	t.Logf("%d vectors", n)
}

// cleaned is the text of a body after it was taken in.
func cleaned(body string) string {
	doc := parse.Document{Entries: []parse.Entry{{GUID: "1", Content: parse.Text{Value: body, Kind: parse.HTML}}}}
	items, _ := normalize.Items(doc, from)
	var b strings.Builder
	for _, p := range items[0].Body {
		b.WriteString(p.HTML)
	}
	return b.String()
}
