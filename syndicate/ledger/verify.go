package ledger

import (
	"fmt"
	"path/filepath"

	"golang.org/x/mod/sumdb/tlog"
)

// Report is what [Verify] found of a ledger that is whole.
type Report struct {
	Checkpoint Checkpoint
	// Entries is how many were read. Those after the checkpoint were being written, or their
	// write was never acknowledged; so was a torn end of Torn bytes.
	Entries int64
	Torn    int64
}

// Verify reads a ledger from its first byte to its last and compares it with its last
// checkpoint. publicKey is the key that partners know; where it is empty, the one in the
// directory is used, which whoever changed the ledger could have changed too. Every bit that
// is not as it was signed is a *[Damage].
func Verify(dir, publicKey string) (Report, error) {
	var r Report
	if publicKey == "" {
		var err error
		if publicKey, err = readPublicKey(dir); err != nil {
			return r, err
		}
	}
	path := filepath.Join(dir, checkpointName)
	last, _, damaged, err := readCheckpoints(path, publicKey)
	if err != nil {
		return r, err
	}
	if len(damaged) > 0 {
		return r, &Damage{path, damaged[0] * placeSize, -1, "this is no checkpoint that the key signed: it was changed, or the key is that of another ledger"}
	}
	if last.Signed == "" {
		return r, &Damage{path, -1, -1, "there is no checkpoint"}
	}
	r.Checkpoint = last
	var roots peaks
	count, end, err := scan(dir, func(n int64, text []byte) error {
		if _, err := decode(text, n); err != nil {
			return err
		}
		if n < last.Size {
			roots.add(tlog.RecordHash(text))
		}
		return nil
	})
	r.Entries, r.Torn = count, end.bytes
	switch {
	case err != nil:
		return r, err
	case count < last.Size:
		return r, &Damage{dir, -1, count, fmt.Sprintf("the ledger ends here, but %d entries were signed for", last.Size)}
	case roots.root() != last.Root:
		return r, &Damage{dir, -1, -1, "the entries are not those that were signed for, or not in that order"}
	}
	return r, nil
}

// peaks are the roots of the whole subtrees of a tree that grows, the largest first: all
// that is needed to compute its root in one pass.
type peaks struct {
	hashes []tlog.Hash
	size   int64
}

// add adds a leaf.
func (p *peaks) add(leaf tlog.Hash) {
	for n := p.size; n&1 == 1; n >>= 1 {
		last := len(p.hashes) - 1
		leaf = tlog.NodeHash(p.hashes[last], leaf)
		p.hashes = p.hashes[:last]
	}
	p.hashes = append(p.hashes, leaf)
	p.size++
}

// root returns the root of the tree over all leaves (RFC 6962 section 2.1).
func (p *peaks) root() tlog.Hash {
	if len(p.hashes) == 0 {
		empty, _ := tlog.TreeHash(0, nil)
		return empty
	}
	h := p.hashes[len(p.hashes)-1]
	for i := len(p.hashes) - 2; i >= 0; i-- {
		h = tlog.NodeHash(p.hashes[i], h)
	}
	return h
}
