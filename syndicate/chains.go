package syndicate

import "slices"

// chains find withdrawn items by what they are known by when they come again: each key leads to a chain of those that have
// it. They only grow, and may lead to what was put back since: whoever asks looks at what stands.
type chains[K comparable] struct {
	kept  []Target
	heads map[K]int32 // place in links, plus one
	links []link
}

// link is one place in a chain.
type link struct {
	kept int32
	next int32 // place in links, plus one; 0 at the end
}

// mostFollowed is how far a chain is followed, from its newest link. What more withdrawn items have in common is nobody's own.
const mostFollowed = 256

func (c *chains[K]) isEmpty() bool { return len(c.kept) == 0 }

func (c *chains[K]) add(target Target, keys []K) {
	if len(keys) == 0 {
		return
	}
	if c.heads == nil {
		c.heads = make(map[K]int32)
	}
	c.kept = append(c.kept, target)
	for _, key := range keys {
		c.links = append(c.links, link{int32(len(c.kept) - 1), c.heads[key]})
		c.heads[key] = int32(len(c.links))
	}
}

// find returns those that have one of these keys, each once.
func (c *chains[K]) find(keys []K) []Target {
	var found []int32
	for _, key := range keys {
		at := c.heads[key]
		for n := 0; at != 0 && n < mostFollowed; n++ {
			found = append(found, c.links[at-1].kept)
			at = c.links[at-1].next
		}
	}
	slices.Sort(found)
	var targets []Target
	for _, n := range slices.Compact(found) {
		targets = append(targets, c.kept[n])
	}
	return targets
}
