package parse

import (
	"bytes"
	"mime"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// charset is the encoding of a document, and what said so: "bom", "http", "declaration",
// "utf-8" (the bytes themselves) or "guess".
type charset struct {
	name string
	by   string
	enc  encoding.Encoding // nil for UTF-8
}

// decode returns body as valid UTF-8. The order of trust is: a byte order mark, the bytes
// themselves where they are UTF-8 beyond doubt, the HTTP header, the XML declaration, a
// guess. Labels lie often: a page converted to UTF-8 long ago still says gbk. What cannot
// be decoded becomes U+FFFD.
func decode(body []byte, contentType string) ([]byte, charset) {
	if c, mark, ok := byteOrder(body); ok {
		return c.decode(body[mark:]), c
	}
	labels := labeled(body, contentType)
	if isUTF8(body, labels) {
		c := charset{name: "utf-8", by: "utf-8"}
		if len(labels) > 0 && labels[0].enc == nil {
			c.by = labels[0].by
		}
		return c.decode(body), c
	}
	if c, text, ok := cleanest(body, labels); ok {
		return text, c
	}
	c := guess(body)
	return c.decode(body), c
}

// decode returns body as valid UTF-8.
func (c charset) decode(body []byte) []byte {
	if c.enc == nil {
		if utf8.Valid(body) {
			return body
		}
		return bytes.ToValidUTF8(body, []byte("\uFFFD"))
	}
	text, err := c.enc.NewDecoder().Bytes(body)
	if err != nil {
		return bytes.ToValidUTF8(body, []byte("\uFFFD"))
	}
	return text
}

// orders are the byte order marks and, without one, the first character of a feed in an
// encoding of two or four bytes. The longer come first, where one begins with another.
var orders = []struct {
	start string
	mark  int
	charset
}{
	{"\xEF\xBB\xBF", 3, charset{name: "utf-8", by: "bom"}},
	{"\xFF\xFE\x00\x00", 4, charset{"utf-32le", "bom", utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)}},
	{"\x00\x00\xFE\xFF", 4, charset{"utf-32be", "bom", utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)}},
	{"\xFF\xFE", 2, charset{"utf-16le", "bom", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)}},
	{"\xFE\xFF", 2, charset{"utf-16be", "bom", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)}},
	{"<\x00\x00\x00", 0, charset{"utf-32le", "guess", utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)}},
	{"\x00\x00\x00<", 0, charset{"utf-32be", "guess", utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)}},
	{"<\x00", 0, charset{"utf-16le", "guess", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)}},
	{"\x00<", 0, charset{"utf-16be", "guess", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)}},
}

// byteOrder recognizes an encoding by how body begins, and returns the length of its mark.
func byteOrder(body []byte) (charset, int, bool) {
	for _, o := range orders {
		if bytes.HasPrefix(body, []byte(o.start)) {
			return o.charset, o.mark, true
		}
	}
	return charset{}, 0, false
}

// isBinary tells whether the beginning of body is no text in any encoding: too many of its
// bytes are controls. Pictures and archives are not decoded to find that out.
func isBinary(body []byte) bool {
	if _, _, ok := byteOrder(body); ok {
		return false
	}
	begin := body[:min(len(body), 64<<10)]
	controls := 0
	for _, b := range begin {
		if b < ' ' && b != '\t' && b != '\n' && b != '\r' && b != 0x1B && b != '\f' {
			controls++
		}
	}
	return controls > 64 && controls > len(begin)/16
}

var declaredEncoding = regexp.MustCompile(`^<\?xml\s[^>]*?encoding\s*=\s*["']\s*([A-Za-z0-9._:-]+)\s*["']`)

// labeled returns the encodings that the HTTP header and the XML declaration name, as far
// as they are known and could be true.
func labeled(body []byte, contentType string) []charset {
	var labels []charset
	_, params, _ := mime.ParseMediaType(contentType)
	if c, ok := lookup(params["charset"], "http"); ok {
		labels = append(labels, c)
	}
	i := declarationAt(body)
	if i < 0 {
		return labels
	}
	if m := declaredEncoding.FindSubmatch(body[i:min(len(body), i+512)]); m != nil {
		if c, ok := lookup(string(m[1]), "declaration"); ok {
			labels = append(labels, c)
		}
	}
	return labels
}

// lookup returns the encoding of a label. GB2312 and GBK are read as GB18030, which holds
// them both. UTF-16 and UTF-32 would have shown themselves by their first bytes, so a
// label that names them lies.
func lookup(label, by string) (charset, bool) {
	label = strings.ToLower(strings.TrimSpace(label))
	switch label {
	case "cp936", "ms936", "windows-936", "euc-cn":
		label = "gb18030"
	case "hz", "hz-gb-2312":
		return charset{"hz-gb-2312", by, simplifiedchinese.HZGB2312}, true
	}
	enc, err := htmlindex.Get(label)
	if err != nil {
		return charset{}, false
	}
	name, err := htmlindex.Name(enc)
	switch {
	case err != nil, name == "replacement", strings.HasPrefix(name, "utf-16"):
		return charset{}, false
	case name == "utf-8":
		return charset{name: name, by: by}, true
	case name == "gbk":
		return charset{"gb18030", by, simplifiedchinese.GB18030}, true
	}
	return charset{name, by, enc}, true
}

// isUTF8 tells whether body is UTF-8 whatever its labels say: it is valid, or all but a
// few of its characters are. Text in a Chinese encoding can look like UTF-8 when it is very
// short, so against such a label more evidence is asked for.
func isUTF8(body []byte, labels []charset) bool {
	if shiftsOut(body, labels) {
		return false
	}
	good, long, bad := sequences(body)
	switch {
	case bad > 0:
		return good >= 8 && good >= 8*bad
	case good == 0, long > 0, good >= 4:
		return true
	}
	return len(labels) == 0 || !multibyte(labels[0])
}

// shiftsOut tells whether body holds the marks by which an encoding of seven bits leaves
// ASCII, and a label names such an encoding.
func shiftsOut(body []byte, labels []charset) bool {
	for _, c := range labels {
		if c.name == "iso-2022-jp" && bytes.IndexByte(body, 0x1B) >= 0 ||
			c.name == "hz-gb-2312" && bytes.Contains(body, []byte("~{")) {
			return true
		}
	}
	return false
}

// sequences counts the characters beyond ASCII, those of them with three bytes or more,
// and the bytes that are not UTF-8.
func sequences(body []byte) (good, long, bad int) {
	for i := 0; i < len(body); {
		if body[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(body[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			bad++
		case size > 2:
			long++
			fallthrough
		default:
			good++
		}
		i += size
	}
	return good, long, bad
}

// multibyte tells whether an encoding writes its letters with two bytes or more.
func multibyte(c charset) bool {
	switch c.name {
	case "gb18030", "big5", "shift_jis", "euc-jp", "euc-kr":
		return true
	}
	return false
}

// cleanest decodes body by its labels and returns the first reading without a character
// that could not be decoded, else the one with the fewest. A label of UTF-8 is no
// candidate: the bytes have shown that it lies.
func cleanest(body []byte, labels []charset) (best charset, text []byte, ok bool) {
	fewest := 0
	for _, c := range labels {
		if c.enc == nil {
			continue
		}
		reading := c.decode(body)
		damage := bytes.Count(reading, []byte("\uFFFD"))
		if !ok || damage < fewest {
			best, text, fewest, ok = c, reading, damage, true
		}
	}
	return best, text, ok
}

// guess tells GB18030 from Windows-1252, for documents whose labels say nothing true.
// Chinese text has its high bytes in runs, Western text one by one among ASCII letters.
func guess(body []byte) charset {
	single, runs := 0, 0
	for i := 0; i < len(body); {
		if body[i] < utf8.RuneSelf {
			i++
			continue
		}
		start := i
		for i < len(body) && body[i] >= utf8.RuneSelf {
			i++
		}
		if i-start == 1 {
			single++
		} else {
			runs += i - start
		}
	}
	if runs > single {
		return charset{"gb18030", "guess", simplifiedchinese.GB18030}
	}
	return charset{"windows-1252", "guess", charmap.Windows1252}
}
