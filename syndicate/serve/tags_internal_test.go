package serve

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"reprint/feeds"
	"reprint/syndicate"
)

// TestTagsHaveRoom: however much a document holds, its tags fit into the headers that proxies take, and each withdrawal of
// something in it has a tag that it carries.
func TestTagsHaveRoom(t *testing.T) {
	t.Parallel()
	for _, sources := range []int{1, 10, 60, 500} {
		for _, items := range []int{0, 1, 15, 200, 1000} {
			c := &channel{Channel: syndicate.Channel{ID: strings.Repeat("c", 40)}}
			var shown []string
			for n := range sources {
				c.sources = append(c.sources, fmt.Sprintf("a-source-of-the-house-%03d", n))
			}
			for n := range items {
				shown = append(shown, feeds.NewID(c.sources[n%sources], fmt.Sprint(n)))
			}
			tags := channelTags(c, shown)
			if size := len(strings.Join(tags, ",")); size > tagRoom {
				t.Errorf("%d sources, %d items: %d bytes", sources, items, size)
			}
			if sources == 1 && items == 15 && len(tags) != 18 {
				t.Errorf("there is room, and the tags are %q", tags)
			}
			targets := []syndicate.Target{syndicate.SourceTarget(c.sources[sources-1]), syndicate.OriginTarget("Times")}
			if items > 0 {
				targets = append(targets, syndicate.ItemTarget(shown[items-1]))
			}
			for _, target := range targets {
				told := Tags([]syndicate.Withdrawal{{Target: target}})
				if !slices.ContainsFunc(told, func(tag string) bool { return slices.Contains(tags, tag) }) {
					t.Errorf("%d sources, %d items: %s purges %q, and the document has %q", sources, items, target, told, tags)
				}
			}
		}
	}
}
