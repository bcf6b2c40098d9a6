package syndicate

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"reprint/feeds"
)

// likeness is evidence that two items tell the same story.
type likeness struct {
	x, y  int     // places among the items, x before y
	share float64 // of the text; more than 1 where they share an address
}

// sameAddress is the likeness of two items with one address. It comes before any text.
const sameAddress = 2

// tellings applies R39: it groups the items that tell the same story, each group ordered
// by id. A source tells a story once, so two of its items never meet in a group; what is
// most alike is put together first. Without that, a report that one source brings every
// day in the same words would become one story.
func (b *Rulebook) tellings(items []feeds.Item) [][]feeds.Item {
	items = slices.SortedFunc(slices.Values(items), func(x, y feeds.Item) int { return cmp.Compare(x.ID, y.ID) })
	alike := append(sharedAddresses(items), sharedTexts(items, b.gist)...)
	slices.SortFunc(alike, func(p, q likeness) int {
		return cmp.Or(-cmp.Compare(p.share, q.share), cmp.Compare(p.x, q.x), cmp.Compare(p.y, q.y))
	})
	groups := make([]*[]int, len(items))
	for i := range items {
		groups[i] = &[]int{i}
	}
	for _, l := range alike {
		x, y := groups[l.x], groups[l.y]
		if x == y || sharesSource(items, *x, *y) {
			continue
		}
		*x = append(*x, *y...)
		for _, n := range *y {
			groups[n] = x
		}
	}
	return listed(items, groups)
}

// listed returns every group once.
func listed(items []feeds.Item, groups []*[]int) [][]feeds.Item {
	var all [][]feeds.Item
	for i, g := range groups {
		slices.Sort(*g)
		if (*g)[0] != i {
			continue
		}
		var told []feeds.Item
		for _, n := range *g {
			told = append(told, items[n])
		}
		all = append(all, told)
	}
	return all
}

// sharesSource tells whether two groups have items of one source.
func sharesSource(items []feeds.Item, x, y []int) bool {
	return slices.ContainsFunc(x, func(n int) bool {
		return slices.ContainsFunc(y, func(o int) bool { return items[n].Source == items[o].Source })
	})
}

// sharedAddresses pairs items with the same permanent id or page. An address that two items
// of one source have is no story's own for that source, such as that of a front page.
func sharedAddresses(items []feeds.Item) []likeness {
	at := make(map[string][]int)
	for n, i := range items {
		for _, key := range slices.Compact([]string{AddressKey(i.URI), AddressKey(i.Link)}) {
			if key != "" {
				at[key] = append(at[key], n)
			}
		}
	}
	var alike []likeness
	for _, group := range at {
		group = withoutRepeats(items, group)
		for _, n := range group[min(1, len(group)):] {
			alike = append(alike, likeness{group[0], n, sameAddress})
		}
	}
	return alike
}

// withoutRepeats leaves out the items whose source has several in the group.
func withoutRepeats(items []feeds.Item, group []int) []int {
	times := make(map[string]int)
	for _, n := range group {
		times[items[n].Source]++
	}
	return slices.DeleteFunc(group, func(n int) bool { return times[items[n].Source] > 1 })
}

// hostOf returns the host of a URL in lower case without "www.", empty if it has none.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
}

// onSite tells whether host is home or below it.
func onSite(host, home string) bool { return host == home || strings.HasSuffix(host, "."+home) }
