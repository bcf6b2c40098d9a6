package ledger

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/tlog"
)

// Receipt proves that an entry is in a ledger. It is complete: with the ledger's public key,
// [Receipt.Check] needs nothing else.
type Receipt struct {
	Ledger string `json:"ledger"` // id of the ledger
	N      int64  `json:"n"`      // position of the entry
	// Entry is the entry's text, byte for byte as it was recorded.
	Entry string `json:"entry"`
	// Proof are the hashes that lead from the entry to the root (RFC 6962 section 2.1.1).
	Proof []tlog.Hash `json:"proof"`
	// Checkpoint is the signed checkpoint with that root.
	Checkpoint string `json:"checkpoint"`
}

// ErrNoEntry tells that a ledger has no such entry.
var ErrNoEntry = errors.New("the ledger has no such entry")

// Receipt returns the receipt for an entry, up to the last checkpoint.
func (l *Ledger) Receipt(ctx context.Context, n int64) (Receipt, error) {
	r := Receipt{Ledger: l.ID(), N: n}
	var err error
	proved := make(chan struct{})
	prove := func() {
		defer close(proved)
		if n < 0 || n >= l.signed.Size {
			err = ErrNoEntry
			return
		}
		r.Checkpoint = l.signed.Signed
		var proof tlog.RecordProof
		proof, err = tlog.ProveRecord(l.signed.Size, n, l.tree)
		r.Proof = append([]tlog.Hash{}, proof...)
	}
	select {
	case l.reads <- prove:
		<-proved
	case <-l.ended:
		return r, ErrClosed
	case <-ctx.Done():
		return r, ctx.Err()
	}
	if err != nil {
		return r, err
	}
	text, err := readEntry(l.dir, n)
	r.Entry = string(text)
	return r, err
}

// Prove makes the receipt for an entry of a ledger that need not be open.
func Prove(dir string, n int64) (Receipt, error) {
	report, err := Verify(dir, "")
	if err != nil {
		return Receipt{}, err
	}
	if n < 0 || n >= report.Checkpoint.Size {
		return Receipt{}, ErrNoEntry
	}
	key, err := readPublicKey(dir)
	if err != nil {
		return Receipt{}, err
	}
	var hashes []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(indexes))
		for i, at := range indexes {
			found[i] = hashes[at]
		}
		return found, nil
	})
	r := Receipt{Ledger: idOf(key), N: n, Checkpoint: report.Checkpoint.Signed}
	_, _, err = scan(dir, func(i int64, text []byte) error {
		if i == n {
			r.Entry = string(text)
		}
		if i >= report.Checkpoint.Size {
			return nil
		}
		more, err := tlog.StoredHashes(i, text, reader)
		hashes = append(hashes, more...)
		return err
	})
	if err != nil {
		return Receipt{}, err
	}
	proof, err := tlog.ProveRecord(report.Checkpoint.Size, n, reader)
	r.Proof = append([]tlog.Hash{}, proof...)
	return r, err
}

// Check checks a receipt with the public key of the ledger, and returns the entry that it
// proves and the checkpoint that it rests on.
func (r Receipt) Check(publicKey string) (Entry, Checkpoint, error) {
	c, err := OpenCheckpoint(r.Checkpoint, publicKey)
	if err != nil {
		return Entry{}, c, err
	}
	if r.Ledger != idOf(publicKey) {
		return Entry{}, c, errors.New("the receipt is of another ledger")
	}
	if r.N < 0 || r.N >= c.Size {
		return Entry{}, c, errors.New("the receipt is for an entry that the checkpoint does not cover")
	}
	if err := tlog.CheckRecord(r.Proof, c.Size, c.Root, r.N, tlog.RecordHash([]byte(r.Entry))); err != nil {
		return Entry{}, c, fmt.Errorf("the proof does not lead to the checkpoint: %w", err)
	}
	e, err := decode([]byte(r.Entry), r.N)
	return e, c, err
}

// ReadReceipt reads a receipt as [json.Marshal] wrote it.
func ReadReceipt(text []byte) (Receipt, error) {
	var r Receipt
	if err := json.Unmarshal(text, &r); err != nil {
		return r, fmt.Errorf("this is no receipt: %w", err)
	}
	return r, nil
}

// readEntry finds the text of an entry in its segment.
func readEntry(dir string, n int64) ([]byte, error) {
	list, err := segments(dir)
	if err != nil {
		return nil, err
	}
	s, ok := find(list, n)
	if !ok {
		return nil, ErrNoEntry
	}
	f, err := os.Open(s.path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 1<<16)
	for at := s.first; ; at++ {
		line, err := nextLine(r)
		if err != nil {
			return nil, err
		}
		if len(line) == 0 {
			return nil, ErrNoEntry
		}
		if at < n {
			continue
		}
		text, _, err := cutLine(line)
		return text, err
	}
}
