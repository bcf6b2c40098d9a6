package cache_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reprint/cache"
	"reprint/cache/cachetest"
	"reprint/feeds"
)

func newCodec(t *testing.T) *cache.Codec {
	t.Helper()
	c, err := cache.NewCodec()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func encoded(t *testing.T, c *cache.Codec, i feeds.Item) []byte {
	t.Helper()
	stored, err := c.Encode(i)
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

func decoded(t *testing.T, c *cache.Codec, stored []byte) feeds.Item {
	t.Helper()
	i, err := c.Decode(stored)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// TestDecodeRemembers: what is remembered of an item is the item of exactly these bytes, also where the caller reuses
// them, and where several ask at once.
func TestDecodeRemembers(t *testing.T) {
	t.Parallel()
	c := newCodec(t)
	const items = 300
	var stored [][]byte
	for n := range items {
		stored = append(stored, encoded(t, c, cachetest.Item("a", n, 1)))
	}
	var all sync.WaitGroup
	for first := range 2 {
		all.Go(func() {
			var buffer []byte
			for n := range items {
				n = (first*items/2 + n/2) % items // each twice
				buffer = append(buffer[:0], stored[n]...)
				got, err := c.Decode(buffer)
				if want := cachetest.Item("a", n, 1); err != nil || got.ID != want.ID || got.Title != want.Title {
					t.Errorf("item %d is %s %q, %v", n, got.ID, got.Title, err)
				}
				clear(buffer)
			}
		})
	}
	all.Wait()
	item, err := c.Decode(stored[items-1])
	again, _ := c.Decode(stored[items-1])
	fresh, _ := newCodec(t).Decode(stored[items-1])
	if diff := cmp.Diff(fresh, item) + cmp.Diff(fresh, again); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

// TestDecodeRemembersWhatIsSmall: an item that was decoded is not decoded again, unless it is so large that many of its
// kind would take up the memory.
func TestDecodeRemembersWhatIsSmall(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		size  int
		known bool
	}{{100, true}, {30_000, true}, {33_000, false}, {1_000_000, false}} {
		c := newCodec(t)
		i := cachetest.Item("a", 1, 1)
		i.Body = []feeds.Part{{HTML: strings.Repeat("x", tt.size)}}
		stored := encoded(t, c, i)
		a, b := decoded(t, c, stored), decoded(t, c, stored)
		if known := &a.Body[0] == &b.Body[0]; known != tt.known {
			t.Errorf("%d bytes: remembered %v, want %v", tt.size, known, tt.known)
		}
	}
}

// TestDecodeRefuses: what is damaged, cut off or of another format is an error that says so, each time.
func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	c := newCodec(t)
	good := encoded(t, c, cachetest.Item("a", 1, 1))
	for name, bad := range map[string][]byte{"nothing": nil, "another format": append([]byte{9}, good[1:]...), "cut off": good[:len(good)-3], "noise": {1, 2, 3}} {
		for range 2 {
			if i, err := c.Decode(bad); err == nil || !strings.HasPrefix(err.Error(), "stored item") || i.ID != "" {
				t.Errorf("%s: %v %v", name, i.ID, err)
			}
		}
	}
	if _, err := c.Decode(good); err != nil {
		t.Errorf("after what was refused: %v", err)
	}
}
