package syndicate

import "slices"

// wordings finds withdrawn items by what they said: by the least few of their passages. It only grows; what it finds
// may have been put back since. A chain holds those that have a passage in common.
type wordings struct {
	kept  []Target
	heads map[uint32]int32 // place in links, plus one
	links []wordingLink
}

// wordingLink is one place in a chain.
type wordingLink struct {
	kept int32
	next int32 // place in links, plus one; 0 at the end
}

func (w *wordings) isEmpty() bool { return len(w.kept) == 0 }

func (w *wordings) add(wording *Wording, target Target) {
	if wording == nil {
		return
	}
	if w.heads == nil {
		w.heads = make(map[uint32]int32)
	}
	w.kept = append(w.kept, target)
	for _, h := range wording.Least[:min(len(wording.Least), lookedUp)] {
		w.links = append(w.links, wordingLink{int32(len(w.kept) - 1), w.heads[h]})
		w.heads[h] = int32(len(w.links))
	}
}

// mostChained is how far a chain is followed. A passage that more withdrawn items have is nobody's own; they have
// others.
const mostChained = 64

// find returns what an item may tell again, each once, in the order in which it was added.
func (w *wordings) find(told Wording) []Target {
	var found []int32
	for _, h := range told.Least {
		at := w.heads[h]
		for n := 0; at != 0 && n < mostChained; n++ {
			found = append(found, w.links[at-1].kept)
			at = w.links[at-1].next
		}
	}
	slices.Sort(found)
	var targets []Target
	for _, n := range slices.Compact(found) {
		targets = append(targets, w.kept[n])
	}
	return targets
}
