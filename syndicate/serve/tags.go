package serve

import (
	"slices"
	"strings"

	"reprint/feeds"
	"reprint/syndicate"
)

// Tags name what a public document holds, for caches that can throw away by tag: Cache-Tag
// (Cloudflare, Akamai) and Surrogate-Key (Fastly, Varnish). They are sent where there is a
// hook that purges. Ids of sources, channels and items hold neither comma nor space.

// Tags that name no item.
const (
	tagAll  = "reprint" // of every document with items
	tagMany = "many"    // of a document that holds more than has room in a header
)

// tagRoom is how many bytes the tags of a document have. They stand in two headers, and all headers of an answer together have 4 KiB
// in nginx as it is installed: it answers 502 instead of more.
const tagRoom = 1280

func itemTag(id string) string   { return "i-" + id }
func sourceTag(id string) string { return "s-" + id }

// channelTags are the tags of a channel's documents; shown are the ids of the items that they hold. What has no room is
// left out from the end: the items, or the sources too, and [tagMany] stands for them.
func channelTags(c *channel, shown []string) []string {
	least := []string{tagAll, "c-" + c.ID}
	sources := slices.Clone(least)
	for _, source := range c.sources {
		sources = append(sources, sourceTag(source))
	}
	all := slices.Clone(sources)
	for _, id := range shown {
		all = append(all, itemTag(id))
	}
	switch {
	case hasRoom(all):
		return all
	case hasRoom(append(sources, tagMany)):
		return append(sources, tagMany)
	}
	return append(least, tagMany)
}

func hasRoom(tags []string) bool { return len(strings.Join(tags, ",")) <= tagRoom }

// itemTags are the tags of an item's page.
func itemTags(i feeds.Item) []string { return []string{tagAll, sourceTag(i.Source), itemTag(i.ID)} }

// Tags are the tags of all documents that entries may be about.
func Tags(entries []syndicate.Withdrawal) []string {
	tags := []string{tagMany}
	for _, e := range entries {
		switch id := e.Target.Item(); {
		case id != "":
			tags = append(tags, itemTag(id))
		case e.Target.Source() != "":
			tags = append(tags, sourceTag(e.Target.Source()))
		default: // an outlet or a picture may be anywhere
			return []string{tagAll}
		}
	}
	slices.Sort(tags)
	return slices.Compact(tags)
}
