package normalize

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"reprint/feeds"
)

// FuzzDate: a date that is read is a moment that every format can write.
func FuzzDate(f *testing.F) {
	for _, s := range []string{"Mon, 09 Mar 2026 12:00:00 +0800", "2026-03-09T12:00:00Z", "2026年3月9日 12:00", "1773057600", "9 Mar 26 12:00 CST", "31/02/2026", "0000-00-00", "99999999999999999999"} {
		f.Add(s)
	}
	zone := time.FixedZone("CST", 8*3600)
	f.Fuzz(func(t *testing.T, s string) {
		at, ok := readDate(s, zone)
		if !ok && !at.IsZero() {
			t.Errorf("%q could not be read and is %v", s, at)
		}
		if !ok || at.IsZero() {
			return
		}
		if y := at.UTC().Year(); y < 0 || y > 9999 {
			t.Errorf("%q is in the year %d", s, y)
		}
		if _, err := at.MarshalJSON(); err != nil {
			t.Errorf("%q: %v", s, err)
		}
	})
}

// FuzzLine: a line that is read names outlets and people with words of its own, and none
// that are empty.
func FuzzLine(f *testing.F) {
	for _, s := range []string{"来源:清河周刊网 作者:付文 责编:赵山", "Source: Valley Post | By Jane Doe", "(责任编辑:李栋)", "2026-03-09 来源:清河周刊网-地方", "據新華社電"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = feeds.OneLine(text)
		s, ok := readLine(text, nil)
		if !ok {
			return
		}
		var names []string
		for _, o := range s.origins {
			names = append(names, o.Name)
		}
		names = append(append(names, s.authors...), s.editors...)
		for _, name := range names {
			if strings.TrimSpace(name) == "" || !utf8.ValidString(name) {
				t.Errorf("%q names %q", text, name)
			}
			if !strings.Contains(feeds.Fold(text), feeds.Fold(name)) {
				t.Errorf("%q does not say %q", text, name)
			}
		}
	})
}

// FuzzCredit: a credit and the caption without it are parts of what was printed; nothing is
// made up.
func FuzzCredit(f *testing.F) {
	for _, s := range []string{"图为修缮后的水塔。清河周刊网记者李明摄", "The mill. Photo: Jane Doe/Reuters", "(付文 摄)", "资料图片 视觉中国"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, caption string) {
		caption = feeds.OneLine(caption)
		text, credit := readCredit(caption)
		for _, part := range []string{text, credit} {
			if !utf8.ValidString(part) || utf8.RuneCountInString(part) > utf8.RuneCountInString(caption) {
				t.Errorf("%q has the part %q", caption, part)
			}
		}
		if credit != "" && !strings.Contains(feeds.Fold(caption), feeds.Fold(credit)) {
			t.Errorf("%q does not say %q", caption, credit)
		}
	})
}
