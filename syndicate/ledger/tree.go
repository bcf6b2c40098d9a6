package ledger

import (
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/tlog"
)

// hashesName is the file with the hashes of the tree, in the order of tlog. It can be made
// again from the segments, so it is not synced.
const hashesName = "hashes"

// tree is the hashes of all entries, those of the last group in memory.
type tree struct {
	file  *os.File
	kept  int64 // hashes that are in the file
	fresh []tlog.Hash
	size  int64 // entries
}

func openTree(path string) (*tree, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	return &tree{file: f}, nil
}

// ReadHashes implements tlog.HashReader.
func (t *tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index >= t.kept {
			if index-t.kept >= int64(len(t.fresh)) {
				return nil, fmt.Errorf("the tree has no hash %d", index)
			}
			hashes[i] = t.fresh[index-t.kept]
			continue
		}
		if _, err := t.file.ReadAt(hashes[i][:], index*tlog.HashSize); err != nil {
			return nil, err
		}
	}
	return hashes, nil
}

// add adds the next entry.
func (t *tree) add(text []byte) error {
	hashes, err := tlog.StoredHashes(t.size, text, t)
	if err != nil {
		return err
	}
	t.fresh = append(t.fresh, hashes...)
	t.size++
	return nil
}

// root returns the hash of the whole tree.
func (t *tree) root() (tlog.Hash, error) { return tlog.TreeHash(t.size, t) }

// drop forgets the entries from size on, none of which was kept.
func (t *tree) drop(size int64) {
	t.fresh = t.fresh[:max(tlog.StoredHashCount(size)-t.kept, 0)]
	t.size = size
}

// keep writes the fresh hashes to the file. If that fails they stay in memory.
func (t *tree) keep() error {
	b := make([]byte, 0, len(t.fresh)*tlog.HashSize)
	for _, h := range t.fresh {
		b = append(b, h[:]...)
	}
	if _, err := t.file.WriteAt(b, t.kept*tlog.HashSize); err != nil {
		return err
	}
	t.kept += int64(len(t.fresh))
	t.fresh = t.fresh[:0]
	return nil
}

// trust takes over the hashes of the file for a tree of that size and root. It tells
// whether they are those.
func (t *tree) trust(size int64, root tlog.Hash) bool {
	info, err := t.file.Stat()
	if err != nil || info.Size() < tlog.StoredHashCount(size)*tlog.HashSize {
		return false
	}
	t.size, t.kept = size, tlog.StoredHashCount(size)
	found, err := t.root()
	if err != nil || found != root {
		t.size, t.kept = 0, 0
		return false
	}
	return true
}
