package normalize_test

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
)

// bare reads a document with gofeed's universal parser alone, to tell what ours adds.
func bare(body []byte) *gofeed.Feed {
	f, err := gofeed.NewParser().Parse(bytes.NewReader(body))
	if err != nil {
		return &gofeed.Feed{}
	}
	return f
}

// bareValue finds in what gofeed read what a field of the expectations means: of the feed, or
// of its item at index. It fails for fields that gofeed's universal structs do not have.
func bareValue(f *gofeed.Feed, field string, index int) (string, bool) {
	if name, ok := strings.CutPrefix(field, "entries."); ok {
		i := &gofeed.Item{}
		if index >= 0 && index < len(f.Items) {
			i = f.Items[index]
		}
		return bareItem(i, name)
	}
	author := barePerson(f.Authors)
	switch field {
	case "feed.title", "feed.title_detail.value":
		return f.Title, true
	case "feed.copyright", "feed.rights", "feed.copyright_detail.value", "feed.rights_detail.value":
		return f.Copyright, true
	case "feed.link":
		return f.Link, true
	case "feed.language":
		return f.Language, true
	case "feed.author_detail.name", "feed.authors.name":
		return author.Name, true
	case "feed.author_detail.email", "feed.authors.email":
		return author.Email, true
	case "feed.updated":
		return f.Updated, true
	}
	return "", false
}

func bareItem(i *gofeed.Item, name string) (string, bool) {
	author := barePerson(i.Authors)
	switch name {
	case "title", "title_detail.value":
		return i.Title, true
	case "description", "summary", "summary_detail.value":
		return i.Description, true
	case "content.value":
		return i.Content, true
	case "link":
		return i.Link, true
	case "id", "guid":
		return i.GUID, true
	case "tags.term":
		return strings.Join(i.Categories[:min(1, len(i.Categories))], ","), true
	case "author_detail.name", "authors.name":
		return author.Name, true
	case "author_detail.email", "authors.email":
		return author.Email, true
	case "published":
		return i.Published, true
	case "updated":
		return i.Updated, true
	case "published_parsed":
		return bareTime(i.PublishedParsed), true
	case "updated_parsed":
		return bareTime(i.UpdatedParsed), true
	case "enclosures.type", "enclosures.href":
		files := slices.Concat(i.Enclosures, []*gofeed.Enclosure{{}})
		return map[string]string{"enclosures.type": files[0].Type, "enclosures.href": files[0].URL}[name], true
	}
	return "", false
}

func barePerson(all []*gofeed.Person) gofeed.Person {
	if len(all) == 0 {
		return gofeed.Person{}
	}
	return *all[0]
}

func bareTime(t *time.Time) string {
	if t == nil {
		return ""
	}
	return tuple(*t)
}

// bareScore counts a field that both readings have: how often each is as expected.
type bareScore struct{ compared, ours, bares int }

func (s *bareScore) add(f *gofeed.Feed, field string, path []any, ours bool, want any) {
	index := -1
	for _, p := range path {
		if n, ok := p.(float64); ok && index < 0 {
			index = int(n)
		}
	}
	got, ok := bareValue(f, field, index)
	if !ok {
		return
	}
	s.compared++
	if ours {
		s.ours++
	}
	if same(got, want) {
		s.bares++
	}
}
