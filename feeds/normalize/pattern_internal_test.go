package normalize

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNeeded(t *testing.T) {
	t.Parallel()
	for expression, want := range map[string]string{
		`abc`:                     "abc",
		`^abc$`:                   "abc",
		`ab|cde`:                  "ab cde",
		`不(?:得|能)转载`:              "不得转载 不能转载",
		`(?:可)?转载`:                "可转载 转载",
		`x{2}`:                    "x",
		`(?:ab)*`:                 "",
		`(?:ab)+c`:                "ab",
		`.*`:                      "",
		`\p{Han}+摄`:               "摄",
		`[\x{FF08}(]图[)\x{FF09}]`: "(图) (图） （图) （图）",
		`(?i)Photo by .+`:         "photo by ",
		`a|.`:                     "",
		`来源\s*[:\x{FF1A}]`:        "来源",
	} {
		p := compile(expression)
		if s := strings.Join(p.words.all, " "); s != want {
			t.Errorf("%s needs %q, want %q", expression, s, want)
		}
	}
}

// TestPatternsAgree: a pattern answers as its expression does, on texts made of the words of
// the expressions themselves.
func TestPatternsAgree(t *testing.T) {
	t.Parallel()
	patterns := []*pattern{forbids, holds, phrases, heading, opening, clause, bracketed, lastWords, label, creditClass, captionClass, mark, captionMark}
	var words []string
	for _, p := range patterns {
		words = append(words, p.words.all...)
	}
	words = append(words, " ", "。", "(", ")", "\uFF08", "\uFF1A", ":", "\u017F", "\u212A", "A", "本", "网", "李明", "2026")
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, 8).Draw(t, "words"), "")
		if rapid.Bool().Draw(t, "upper") {
			text = strings.ToUpper(text)
		}
		for _, p := range patterns {
			if got, want := p.MatchString(text), p.re.MatchString(text); got != want {
				t.Errorf("%s on %q: %v, the expression says %v", p.re, text, got, want)
			}
		}
	})
}

// TestWordsAreKnown: what runs on every line looks for words first.
func TestWordsAreKnown(t *testing.T) {
	t.Parallel()
	for _, p := range []*pattern{forbids, holds, phrases, heading, opening, clause} {
		if len(p.words.all) == 0 {
			t.Errorf("no words are known for %.60s", p.re)
		}
	}
}
