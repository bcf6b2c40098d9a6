package serve

import (
	"slices"

	"reprint/feeds"
	"reprint/syndicate"
)

// Tags name what a public document holds, for caches that can throw away by tag: Cache-Tag
// (Cloudflare, Akamai) and Surrogate-Key (Fastly, Varnish). They are sent where there is a
// hook that purges. Ids of sources, channels and items hold neither comma nor space.

// Tags that name no item.
const (
	tagAll  = "reprint" // of every document with items
	tagMany = "many"    // of a document that holds more items than have room in a header
)

// mostTagged is how many items a document names: caches take headers of 16 KiB.
const mostTagged = 200

func itemTag(id string) string   { return "i-" + id }
func sourceTag(id string) string { return "s-" + id }

// channelTags are the tags of a channel's documents; shown are the ids of the items that they hold.
func channelTags(c *channel, shown []string) []string {
	tags := []string{tagAll, "c-" + c.ID}
	for _, source := range c.sources {
		tags = append(tags, sourceTag(source))
	}
	if len(shown) > mostTagged {
		return append(tags, tagMany)
	}
	for _, id := range shown {
		tags = append(tags, itemTag(id))
	}
	return tags
}

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
