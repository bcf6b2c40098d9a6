package feeds

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"
)

// PageRevision returns the revision of an item whose page was read besides: what the feed
// said of it, and what came of the page.
func PageRevision(feed, page string) string { return feed + "." + page }

// NoPage stands for a page that gave nothing and is not asked again.
const NoPage = "none"

// FeedRevision returns the part of a revision that is about what the feed said, and whether
// there is a part about the page.
func FeedRevision(revision string) (feed string, read bool) {
	feed, _, read = strings.Cut(revision, ".")
	return feed, read
}

// Digest returns a hash over everything that the source said, and nothing that we or the
// clock added: ID, Revision, FirstSeen and the feed's own date are left out. Items with
// equal digests are the same version, so a poll that finds only known digests changes
// nothing.
func (i Item) Digest() string {
	i.ID, i.URI, i.Revision = "", "", ""
	i.FirstSeen, i.Feed.Updated = time.Time{}, time.Time{}
	if i.Attribution.Carried != nil {
		carried := *i.Attribution.Carried
		carried.Updated = time.Time{}
		i.Attribution.Carried = &carried
	}
	i.Published, i.Updated = i.Published.UTC(), i.Updated.UTC()
	// Encoding a struct of strings, times and slices of them cannot fail.
	b, _ := json.Marshal(i)
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}
