package parse_test

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"

	"reprint/feeds/parse"
)

const (
	chinese = "清河上的新桥通车了，市民说：太好了"
	rare    = "清河\U00020BB7\u4DB6上的新桥" // beyond GBK
)

// TestCharset reads one title in many encodings under many labels, true and false.
func TestCharset(t *testing.T) {
	t.Parallel()
	little, big := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	for _, c := range []struct {
		name           string
		title          string
		enc            encoding.Encoding // nil is UTF-8
		mark           string
		declared, http string
		charset, by    string
	}{
		{"UTF-8 without a label", chinese, nil, "", "", "", "utf-8", "utf-8"},
		{"UTF-8 declared", chinese, nil, "", "UTF-8", "", "utf-8", "declaration"},
		{"UTF-8 by HTTP", chinese, nil, "", "", "utf-8", "utf-8", "http"},
		{"UTF-8 with a mark and a false label", chinese, nil, "\uFEFF", "gbk", "big5", "utf-8", "bom"},
		{"UTF-8 that says gbk", chinese, nil, "", "gbk", "", "utf-8", "utf-8"},
		{"UTF-8 that HTTP calls latin-1", chinese, nil, "", "utf-8", "iso-8859-1", "utf-8", "utf-8"},
		{"UTF-8 that says utf-16", chinese, nil, "", "utf-16", "", "utf-8", "utf-8"},
		{"UTF-8 under a label nobody knows", chinese, nil, "", "x-whatever", "", "utf-8", "utf-8"},
		{"one accent in UTF-8 that says latin-1", "Café", nil, "", "iso-8859-1", "", "utf-8", "utf-8"},
		{"GB18030 declared", rare, simplifiedchinese.GB18030, "", "gb18030", "", "gb18030", "declaration"},
		{"GB18030 that says gb2312", rare, simplifiedchinese.GB18030, "", "gb2312", "", "gb18030", "declaration"},
		{"GBK that says gbk", chinese, simplifiedchinese.GBK, "", "GBK", "", "gb18030", "declaration"},
		{"GBK that says cp936", chinese, simplifiedchinese.GBK, "", "cp936", "", "gb18030", "declaration"},
		{"GBK by HTTP", chinese, simplifiedchinese.GBK, "", "", "gb2312", "gb18030", "http"},
		{"GBK by HTTP against the declaration", chinese, simplifiedchinese.GBK, "", "utf-8", "gbk", "gb18030", "http"},
		{"GBK that says utf-8", chinese, simplifiedchinese.GBK, "", "utf-8", "", "gb18030", "guess"},
		{"GBK without a label", chinese, simplifiedchinese.GBK, "", "", "", "gb18030", "guess"},
		{"two characters of GBK that look like UTF-8", "联通", simplifiedchinese.GBK, "", "gbk", "", "gb18030", "declaration"},
		{"HZ", chinese, simplifiedchinese.HZGB2312, "", "hz-gb-2312", "", "hz-gb-2312", "declaration"},
		{"Big5", "清河上的新橋", traditionalchinese.Big5, "", "big5", "", "big5", "declaration"},
		{"Big5 that HTTP calls euc-kr", "清河上的新橋", traditionalchinese.Big5, "", "big5", "iso-2022-jp", "big5", "declaration"},
		{"Shift_JIS", "清河の新しい橋", japanese.ShiftJIS, "", "Shift_JIS", "", "shift_jis", "declaration"},
		{"ISO-2022-JP", "清河の新しい橋", japanese.ISO2022JP, "", "iso-2022-jp", "", "iso-2022-jp", "declaration"},
		{"EUC-KR", "새 다리", korean.EUCKR, "", "euc-kr", "", "euc-kr", "declaration"},
		{"latin-1 declared", "Über Café", charmap.ISO8859_1, "", "iso-8859-1", "", "windows-1252", "declaration"},
		{"latin-1 without a label", "Über Café", charmap.ISO8859_1, "", "", "", "windows-1252", "guess"},
		{"UTF-16 with a mark", chinese, little, "\uFEFF", "utf-16", "", "utf-16le", "bom"},
		{"UTF-16, other order", chinese, big, "\uFEFF", "", "", "utf-16be", "bom"},
		{"UTF-16 without a mark", chinese, little, "", "utf-16", "", "utf-16le", "guess"},
		{"UTF-16 without a mark, other order", chinese, big, "", "utf-16", "", "utf-16be", "guess"},
		{"UTF-32 with a mark", chinese, utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM), "\uFEFF", "", "", "utf-32le", "bom"},
		{"UTF-32 without a mark", chinese, utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), "", "", "", "utf-32be", "guess"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			declaration := "<?xml version='1.0'?>"
			if c.declared != "" {
				declaration = `<?xml version="1.0" encoding="` + c.declared + `"?>`
			}
			body := c.mark + declaration + "<rss><channel><title>" + c.title + "</title></channel></rss>"
			if c.enc != nil {
				var err error
				if body, err = c.enc.NewEncoder().String(body); err != nil {
					t.Fatal(err)
				}
			}
			hint := parse.Hint{}
			if c.http != "" {
				hint.ContentType = "application/rss+xml; charset=" + c.http
			}
			doc, err := parse.Parse([]byte(body), hint)
			if err != nil {
				t.Fatal(err)
			}
			if doc.Title.Value != c.title || doc.Charset != c.charset || doc.CharsetBy != c.by {
				t.Errorf("title %q in %s by %s, want %q in %s by %s", doc.Title.Value, doc.Charset, doc.CharsetBy, c.title, c.charset, c.by)
			}
		})
	}
}

// TestBadBytes: a few bytes that are not UTF-8 do not turn the rest into something else.
func TestBadBytes(t *testing.T) {
	t.Parallel()
	doc := read(t, "<rss><channel><title>"+chinese+"\xFF</title></channel></rss>")
	if want := chinese + "\uFFFD"; doc.Title.Value != want || doc.Charset != "utf-8" {
		t.Errorf("title %q in %s, want %q", doc.Title.Value, doc.Charset, want)
	}
}

func TestJSONCharset(t *testing.T) {
	t.Parallel()
	doc := read(t, "\uFEFF"+strings.Replace(jsonFeed(""), "Desk", chinese, 1))
	if doc.Title.Value != chinese || doc.CharsetBy != "bom" {
		t.Errorf("title %q by %s", doc.Title.Value, doc.CharsetBy)
	}
}
