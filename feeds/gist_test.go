package feeds_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"reprint/feeds"
)

// TestGist finds a text again however it is set.
func TestGist(t *testing.T) {
	t.Parallel()
	english := "The council of Hill has agreed to open the old mill again in spring, after forty years in which nobody heard it."
	chinese := "清河县城的老水塔修缮完工。县里请来三位老匠人，用旧砖补齐了塔身。从下周起，居民可以登上塔顶，看见整条清河。"
	tests := []struct {
		name, x, y string
		least      float64
		most       float64
	}{
		{"itself", english, english, 1, 1},
		{"set in capitals", english, strings.ToUpper(english), 1, 1},
		{"other punctuation and spaces", english, strings.NewReplacer(", ", " -- ", " ", "\u00a0").Replace(english), 1, 1},
		{"a part of it", english, english[20:90], 1, 1},
		{"Chinese with other stops", chinese, strings.NewReplacer("，", ",", "。", " ").Replace(chinese), 1, 1},
		{"traditional characters", chinese, strings.ReplaceAll(chinese, "县", "縣"), 1, 1},
		{"wide letters", "ABC1234567 abcdefghijklmnopqrstuvwxyz0123456789", "\uFF21\uFF22\uFF231234567abcdefghijklmnopqrstuvwxyz0123456789", 1, 1},
		{"another text", english, "Nothing was decided about the bridge, which has been closed since the flood of two years ago.", 0, 0},
		{"nothing", english, "", 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x, y := feeds.NewGist(tt.x), feeds.NewGist(tt.y)
			if got := x.Share(y); got < tt.least || got > tt.most {
				t.Errorf("shares %.2f, want %.2f to %.2f (%d and %d passages)", got, tt.least, tt.most, len(x.Passages), len(y.Passages))
			}
		})
	}
}

// FuzzGist: a text shares all with itself, as much with another as that with it, and a
// part of a text never has a passage that the text has not.
func FuzzGist(f *testing.F) {
	f.Add("The council of Hill has agreed to open the old mill again in spring.", "The mill turns.", 5)
	f.Add("清河县城的老水塔修缮完工。县里请来三位老匠人", "\xff\x00清", 3)
	f.Fuzz(func(t *testing.T, x, y string, cut int) {
		a, b := feeds.NewGist(x), feeds.NewGist(y)
		if a.Share(b) != b.Share(a) {
			t.Errorf("%v and %v", a.Share(b), b.Share(a))
		}
		if len(a.Passages) > 0 && a.Share(a) != 1 {
			t.Errorf("shares %v with itself", a.Share(a))
		}
		if cut < 0 || cut > len([]rune(x)) {
			return
		}
		part := feeds.NewGist(string([]rune(x)[cut:]))
		if part.Length > a.Length {
			t.Errorf("a part has %d letters, the whole %d", part.Length, a.Length)
		}
		if len(part.Passages) > 0 && part.Share(a) != 1 {
			t.Errorf("a part shares %v with the whole", part.Share(a))
		}
	})
}

// TestGistIsRolling compares the rolling hashes with those of every passage by itself.
func TestGistIsRolling(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[a-z0-9]{24,200}`).Draw(t, "text")
		whole := feeds.NewGist(text)
		alone := make(map[uint64]bool)
		for i := 0; i+24 <= len(text); i++ {
			for _, h := range feeds.NewGist(text[i : i+24]).Passages {
				alone[h] = true
			}
		}
		if len(alone) != len(whole.Passages) {
			t.Fatalf("%d passages by themselves, %d in the whole", len(alone), len(whole.Passages))
		}
		for _, h := range whole.Passages {
			if !alone[h] {
				t.Fatalf("no passage has the hash %x", h)
			}
		}
	})
}
