package serve

import (
	lru "github.com/hashicorp/golang-lru/v2"

	"reprint/feeds"
)

// gistsKept is how many texts are remembered: those of the channels of a usual house, some 15 MB.
const gistsKept = 2000

// gists reads texts and remembers what the last ones say. An edition looks at the same items as the one before it, but
// for a few, and reading their texts again would be most of what deciding on them costs.
type gists struct {
	read *lru.Cache[string, feeds.Gist]
}

func newGists() gists {
	read, _ := lru.New[string, feeds.Gist](gistsKept) // fails without a size only
	return gists{read}
}

// of returns what a text says. Nobody changes it.
func (g gists) of(text string) feeds.Gist {
	if gist, ok := g.read.Get(text); ok {
		return gist
	}
	gist := feeds.NewGist(text)
	g.read.Add(text, gist)
	return gist
}
