package serve

import (
	"testing"
	"time"
)

var testSecret = []byte("0123456789abcdef0123456789abcdef")

func TestCursorWakes(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	c := cursor{Seq: 100}
	c.wakeAt(noon.Add(time.Hour), 40)
	c.wakeAt(noon.Add(2*time.Hour), 30)
	if c.wake(noon.Add(time.Hour)); c.Seq != 100 {
		t.Errorf("it woke too early: %+v", c)
	}
	if c.wake(noon.Add(time.Hour + time.Millisecond)); c.Seq != 29 || c.Wake != 0 {
		t.Errorf("it did not wake: %+v", c)
	}
	c = cursor{Seq: 10}
	c.wakeAt(noon, 40)
	if c.wake(noon.Add(time.Hour)); c.Seq != 10 {
		t.Errorf("it went forward: %+v", c)
	}
}

// FuzzCursor: what was not signed here is refused, and what was is read as it was written.
func FuzzCursor(f *testing.F) {
	genuine := cursor{Seq: 5, At: 6, After: "a-1", View: "v@1", Wake: 7, WakeSeq: 3}
	f.Add(genuine.encode(testSecret, "zj"), int64(1))
	f.Add("", int64(0))
	f.Fuzz(func(t *testing.T, encoded string, seq int64) {
		if c, err := decodeCursor(testSecret, "zj", encoded); err == nil && c != genuine {
			t.Errorf("%q is read as %+v", encoded, c)
		}
		c := cursor{Seq: seq, View: "v"}
		if got, err := decodeCursor(testSecret, "zj", c.encode(testSecret, "zj")); err != nil || got != c {
			t.Errorf("%+v is read as %+v, %v", c, got, err)
		}
		if _, err := decodeCursor(testSecret, "hz", c.encode(testSecret, "zj")); err == nil {
			t.Error("another partner's cursor is taken")
		}
	})
}
