package feeds

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"
)

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
