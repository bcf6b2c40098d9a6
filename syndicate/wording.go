package syndicate

import (
	"cmp"
	"slices"
	"time"

	"reprint/feeds"
)

// When two texts are one story (R39). Lengths are in bytes of letters and digits, of which
// a Chinese character has three.
const (
	// shortStory is the least length of a text that can be told again. What is shorter is
	// a teaser, and teasers that say "for subscribers only" are all alike.
	shortStory = 360
	// longStory is the length from which the text alone tells; below it, the titles must
	// agree too. They must as well where one text is less than half of the other, because
	// the longer one may be a round-up.
	longStory = 720
	// sameWording is how much of the shorter text the longer one must hold.
	sameWording = 0.8
	// sameTitle is how much of the shorter title the longer one must hold.
	sameTitle = 0.6
	// samePeriod is how far apart the dates of one story can be. What comes back later is
	// said again, such as the opening hours of every year.
	samePeriod = 30 * 24 * time.Hour
	// commonPassage is in how many items a passage is nobody's own.
	commonPassage = 24
	// indexedPassage is how many passages there are to each by which a text is looked up.
	indexedPassage = 4
	// mostPairs is how many comparisons an item is worth.
	mostPairs = 32
)

// passage is where a passage stands.
type passage struct {
	hash uint64
	item int
}

// compare orders passages by hash. Most hashes differ, so that the item is hardly ever looked at.
func (p passage) compare(o passage) int {
	if p.hash != o.hash {
		return cmp.Compare(p.hash, o.hash)
	}
	return cmp.Compare(p.item, o.item)
}

// sharedTexts pairs the items of different sources whose texts are nearly the same. Only
// items that share a passage are compared, and no more pairs than mostPairs for each item,
// so that nobody can make the work grow with the square of the items.
func sharedTexts(items []feeds.Item, gist func(text string) feeds.Gist) []likeness {
	gists, all := gistsOf(items, gist)
	slices.SortFunc(all, passage.compare)
	compared := make(map[[2]int]bool)
	var alike []likeness
	for len(all) > 0 && len(compared) < mostPairs*len(items) {
		n := slices.IndexFunc(all, func(p passage) bool { return p.hash != all[0].hash })
		if n < 0 {
			n = len(all)
		}
		run := all[:n]
		all = all[n:]
		if len(run) > commonPassage {
			continue
		}
		for i, p := range run {
			for _, q := range run[i+1:] {
				pair := [2]int{p.item, q.item}
				if items[p.item].Source == items[q.item].Source || compared[pair] {
					continue
				}
				compared[pair] = true
				if share, same := sameStory(items[p.item], items[q.item], gists[p.item], gists[q.item]); same {
					alike = append(alike, likeness{p.item, q.item, share})
				}
			}
		}
	}
	return alike
}

// gistsOf reads the texts that are long enough, and lists the passages by which they are
// looked up.
func gistsOf(items []feeds.Item, gist func(text string) feeds.Gist) ([]feeds.Gist, []passage) {
	gists := make([]feeds.Gist, len(items))
	var all []passage
	if sharesAll(items) {
		return gists, nil
	}
	for n, i := range items {
		g := gist(i.Text)
		if g.Length < shortStory {
			continue
		}
		gists[n] = g
		for _, h := range g.Passages {
			if h>>32%indexedPassage == 0 {
				all = append(all, passage{h, n})
			}
		}
	}
	return gists, all
}

// sharesAll tells whether all items are of one source, so that none can be a copy.
func sharesAll(items []feeds.Item) bool {
	return !slices.ContainsFunc(items, func(i feeds.Item) bool { return i.Source != items[0].Source })
}

// sameStory tells whether two items tell the same in nearly the same words, and how nearly.
// Titles alone never tell.
func sameStory(i, j feeds.Item, x, y feeds.Gist) (share float64, same bool) {
	if !samePeriodOf(i.Published, j.Published) {
		return 0, false
	}
	share = x.Share(y)
	if share < sameWording {
		return share, false
	}
	short, long := min(x.Length, y.Length), max(x.Length, y.Length)
	if short < longStory || short < long/2 {
		return share, titlesAgree(i.Title, j.Title)
	}
	return share, true
}

func samePeriodOf(x, y time.Time) bool {
	return x.IsZero() || y.IsZero() || x.Sub(y).Abs() <= samePeriod
}

// titlesAgree tells whether most of the shorter title stands in the longer one, by pairs of
// characters.
func titlesAgree(x, y string) bool {
	a, b := pairsOf(x), pairsOf(y)
	if len(a) > len(b) {
		a, b = b, a
	}
	shared := 0
	for pair := range a {
		if b[pair] {
			shared++
		}
	}
	return len(a) > 0 && float64(shared) >= sameTitle*float64(len(a))
}

// pairsOf returns the pairs of neighboring characters of a folded text.
func pairsOf(title string) map[[2]rune]bool {
	folded := []rune(feeds.Fold(title))
	pairs := make(map[[2]rune]bool)
	for i := 1; i < len(folded); i++ {
		pairs[[2]rune{folded[i-1], folded[i]}] = true
	}
	return pairs
}
