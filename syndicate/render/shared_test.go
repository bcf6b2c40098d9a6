package render_test

import (
	"reflect"
	"slices"
	"testing"

	"reprint/feeds"
	"reprint/syndicate/render"
)

// TestItemsAreLeftAlone: what items point to is shared with others who render them at the same time, so no rendering
// changes it, not even what no feed may carry.
func TestItemsAreLeftAlone(t *testing.T) {
	t.Parallel()
	i := items()[0]
	i.Tags = []string{"mill\x01", "tower"}
	i.Attribution.Editors = []string{"Lin\x02 Qing"}
	i.Attribution.Authors = []feeds.Person{{Name: "Ada\x03"}}
	before := i
	before.Tags, before.Attribution.Editors = slices.Clone(i.Tags), slices.Clone(i.Attribution.Editors)
	before.Attribution.Authors = slices.Clone(i.Attribution.Authors)
	f := feedOf(t, []feeds.Item{i})
	for name, write := range map[string]func(render.Feed) (render.Document, error){"RSS": render.RSS, "Atom": render.Atom, "JSON": render.JSON} {
		if d, err := write(f); err != nil || len(d.Dropped) > 0 {
			t.Errorf("%s: %v %v", name, d.Dropped, err)
		}
		if !reflect.DeepEqual(i.Tags, before.Tags) || !reflect.DeepEqual(i.Attribution, before.Attribution) {
			t.Errorf("%s changed the item: %q %+v", name, i.Tags, i.Attribution)
		}
	}
}
