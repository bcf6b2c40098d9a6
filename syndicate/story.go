package syndicate

import (
	"cmp"
	"slices"
	"time"

	"reprint/feeds"
)

// Story is one story with every item that tells it.
type Story struct {
	// Original is the item that the story is published as.
	Original feeds.Item
	// Copies are the items of other sources that tell it too, ordered by id.
	Copies []feeds.Item
}

// Sighting is another place where a story was found.
type Sighting struct {
	Name string // of the outlet that has it
	Link string // its page there, else its permanent id
}

// Stories puts the items together that tell the same story (R39) and finds whose it is
// (R40). The stories stand in the order in which their originals stand among the items.
// What is found depends on the set of items, not on their order.
func (b *Rulebook) Stories(items []feeds.Item) []Story {
	place := make(map[string]int, len(items))
	for n, i := range items {
		place[i.ID] = n
	}
	var stories []Story
	for _, told := range b.tellings(items) {
		original := slices.MinFunc(told, func(x, y feeds.Item) int { return b.nearer(told, x, y) })
		copies := slices.DeleteFunc(told, func(i feeds.Item) bool { return i.ID == original.ID })
		stories = append(stories, Story{original, copies})
	}
	slices.SortFunc(stories, func(x, y Story) int { return cmp.Compare(place[x.Original.ID], place[y.Original.ID]) })
	return stories
}

// Parted takes stories apart whose original is withdrawn, where a copy is to be told by itself: somebody here put that
// back after the original was withdrawn, or the original's own source took it back, which says nothing of what others
// have. That holds only where the audience could have had the original otherwise, because no copy frees what the original
// does not (R40).
func (b *Rulebook) Parted(stories []Story, audience Audience, withdrawn *Withdrawals, now time.Time) []Story {
	var parted []Story
	apart := false
	for _, s := range stories {
		if len(s.Copies) == 0 {
			parted = append(parted, s)
			continue
		}
		of, down := withdrawn.of(s.Original, b.WordingOf)
		var with, free []feeds.Item
		for _, c := range s.Copies {
			if down && b.isFree(c, of, withdrawn) {
				free = append(free, c)
			} else {
				with = append(with, c)
			}
		}
		if len(free) > 0 {
			if cleared, _ := b.Decide(s.Original, audience, nil, now); cleared.IsZero() {
				free = nil
			}
		}
		if len(free) == 0 {
			parted = append(parted, s)
			continue
		}
		parted, apart = append(append(parted, Story{s.Original, with}), b.Stories(free)...), true
	}
	if apart {
		slices.SortStableFunc(parted, func(x, y Story) int { return y.Original.Rank().Compare(x.Original.Rank()) })
	}
	return parted
}

// isFree tells whether a copy is not down with its original, and by whose word.
func (b *Rulebook) isFree(c feeds.Item, original Withdrawal, withdrawn *Withdrawals) bool {
	if _, down := withdrawn.of(c, b.WordingOf); down {
		return false
	}
	own, _ := withdrawn.Standing(ItemTarget(c.ID))
	return original.IsUpstreams() || own.isFreed() && own.Epoch > original.Decided()
}

// DecideStory decides on a story by its original, so that no copy frees what the original
// does not (R40). The places where it was seen are named if their own items may be linked.
func (b *Rulebook) DecideStory(s Story, audience Audience, withdrawn *Withdrawals, now time.Time, spent ...string) (Cleared, Decision) {
	cleared, decision := b.Decide(s.Original, audience, withdrawn, now, spent...)
	if cleared.IsZero() {
		return cleared, decision
	}
	for _, c := range s.Copies {
		_, d := b.Decide(c, audience, withdrawn, now)
		if u := d.Until; !u.IsZero() && (decision.Until.IsZero() || u.Before(decision.Until)) {
			decision.Until = u
		}
		if d.Form >= Link {
			cleared.seen = append(cleared.seen, Sighting{b.sources[c.Source].Name, cmp.Or(c.Link, c.URI)})
		}
	}
	cleared.decision = decision
	return cleared, decision
}

// nearer orders the items of one story by how near to its origin they are (R40). What an
// item says against itself counts most, then what the configuration knows, and what
// anybody can claim only where nothing else tells.
func (b *Rulebook) nearer(told []feeds.Item, x, y feeds.Item) int {
	return cmp.Or(
		first(!b.namesOneOf(told, x), !b.namesOneOf(told, y)),
		first(b.isOwn(x), b.isOwn(y)),
		first(b.isAtHome(x), b.isAtHome(y)),
		first(b.isNamedBy(told, x), b.isNamedBy(told, y)),
		first(len(x.Attribution.Origins) == 0, len(y.Attribution.Origins) == 0),
		earlier(x.Published, y.Published),
		cmp.Compare(x.ID, y.ID),
	)
}

// first orders the one that is before the one that is not.
func first(x, y bool) int {
	switch {
	case x == y:
		return 0
	case x:
		return -1
	}
	return 1
}

// earlier orders dates; one that nobody stated is last.
func earlier(x, y time.Time) int {
	if x.IsZero() || y.IsZero() {
		return first(!x.IsZero(), !y.IsZero())
	}
	return x.Compare(y)
}

// namesOneOf tells whether an item names the source of another one that tells the story.
func (b *Rulebook) namesOneOf(told []feeds.Item, i feeds.Item) bool {
	return slices.ContainsFunc(told, func(o feeds.Item) bool { return b.comesFrom(i, o.Source) })
}

// isNamedBy tells whether another one that tells the story names the source of an item.
func (b *Rulebook) isNamedBy(told []feeds.Item, i feeds.Item) bool {
	return slices.ContainsFunc(told, func(o feeds.Item) bool { return b.comesFrom(o, i.Source) })
}

// isOwn tells whether an item comes from the house's own feed and names nobody else.
func (b *Rulebook) isOwn(i feeds.Item) bool {
	others := slices.ContainsFunc(i.Attribution.Origins, func(o feeds.Origin) bool { return !b.isHouse(o.Name) })
	return b.isHouse(b.sources[i.Source].Name) && !others && i.Attribution.Carried == nil
}

// isAtHome tells whether an item's page is on the site of its source.
func (b *Rulebook) isAtHome(i feeds.Item) bool {
	s := b.sources[i.Source]
	home := hostOf(cmp.Or(s.Home, s.Feed))
	return home != "" && onSite(hostOf(i.Link), home)
}

// comesFrom tells whether an item says that it comes from a source: by its name, or by an
// address that the configuration gives it. What the source's own feed calls itself does not
// count, because every feed may call itself anything.
func (b *Rulebook) comesFrom(i feeds.Item, source string) bool {
	s, known := b.sources[source]
	if !known || source == i.Source {
		return false
	}
	is := func(name, address string) bool {
		if feeds.Fold(name) == feeds.Fold(s.Name) || b.isHouse(name) && b.isHouse(s.Name) {
			return true
		}
		key := tidyURL(address)
		return key != "" && (key == tidyURL(s.Feed) || key == tidyURL(s.Home))
	}
	for _, o := range i.Attribution.Origins {
		if !o.Unclear && is(o.Name, o.URL) {
			return true
		}
	}
	c := i.Attribution.Carried
	return c != nil && (is(c.Title, c.URL) || is("", c.ID) || is("", c.Home))
}
