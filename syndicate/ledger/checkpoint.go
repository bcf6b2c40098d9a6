package ledger

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint says how many entries a ledger has, and the root of the tree over them.
type Checkpoint struct {
	Origin string // name of the ledger's key
	Size   int64
	Root   tlog.Hash
	Signed string // the signed note, as it is given away
}

// text is what is signed: the body of a C2SP tlog-checkpoint.
func (c Checkpoint) text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, c.Root)
}

// sign makes the signed note.
func (c *Checkpoint) sign(s note.Signer) error {
	c.Origin = s.Name()
	signed, err := note.Sign(&note.Note{Text: c.text()}, s)
	c.Signed = string(signed)
	return err
}

// OpenCheckpoint reads a checkpoint and checks its signature with the ledger's public key.
func OpenCheckpoint(signed, publicKey string) (Checkpoint, error) {
	verifier, err := note.NewVerifier(strings.TrimSpace(publicKey))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("the public key: %w", err)
	}
	n, err := note.Open([]byte(signed), note.VerifierList(verifier))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("the checkpoint's signature: %w", err)
	}
	// Another spelling of the same signature would be a bit that can be changed.
	if _, err := base64.StdEncoding.Strict().DecodeString(n.Sigs[0].Base64); err != nil || len(n.Sigs) != 1 {
		return Checkpoint{}, errors.New("the checkpoint's signature is not spelled as it was written")
	}
	c := Checkpoint{Signed: signed}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 || lines[3] != "" || lines[0] != verifier.Name() {
		return Checkpoint{}, errors.New("the checkpoint is not one of this ledger")
	}
	c.Origin = lines[0]
	c.Size, err = strconv.ParseInt(lines[1], 10, 64)
	if err != nil || c.Size < 0 {
		return Checkpoint{}, errors.New("the checkpoint has no size")
	}
	c.Root, err = tlog.ParseHash(lines[2])
	return c, err
}

// The checkpoint's file has two places, which are written in turn: if a write is cut short,
// the checkpoint before it is still there.
const (
	checkpointName = "checkpoint"
	placeSize      = 512
	places         = 2
)

// checkpointFile is the file with the last two checkpoints.
type checkpointFile struct {
	path string
	open writerAt
	next int64 // the place to write to
}

// writerAt is the file of the checkpoints; tests have others, with disks that fail.
type writerAt interface {
	WriteAt(p []byte, at int64) (int, error)
	Sync() error
	Close() error
}

// write makes a checkpoint durable.
func (f *checkpointFile) write(c Checkpoint) error {
	place := bytes.Repeat([]byte("\n"), placeSize)
	if copy(place, c.Signed) < len(c.Signed) {
		return errors.New("the checkpoint is too long")
	}
	if _, err := f.open.WriteAt(place, f.next*placeSize); err != nil {
		return err
	}
	if err := f.open.Sync(); err != nil {
		return err
	}
	f.next = (f.next + 1) % places
	return nil
}

// readCheckpoints returns the newest checkpoint, the place that the next one goes to, and
// the places that hold something that is no checkpoint of this ledger.
func readCheckpoints(path, publicKey string) (newest Checkpoint, next int64, damaged []int64, err error) {
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return newest, 0, nil, nil
	}
	if err != nil {
		return newest, 0, nil, err
	}
	for place := range int64(places) {
		begin := min(place*placeSize, int64(len(content)))
		end := min(begin+placeSize, int64(len(content)))
		signed, ok := signedIn(content[begin:end])
		if signed == "" && ok {
			continue // never written
		}
		c, err := OpenCheckpoint(signed, publicKey)
		switch {
		case err != nil || !ok:
			damaged = append(damaged, place)
		case c.Size >= newest.Size:
			newest, next = c, (place+1)%places
		}
	}
	if len(content) > places*placeSize {
		damaged = append(damaged, places)
	}
	if len(damaged) > 0 && damaged[0] < places {
		next = damaged[0] // the good one is not written over
	}
	return newest, next, damaged, nil
}

// signedIn cuts the filling off a place. A place that was written is whole.
func signedIn(place []byte) (string, bool) {
	text := strings.TrimRight(string(place), "\n")
	if text == "" {
		return "", len(place) == 0 || len(place) == placeSize
	}
	return text + "\n", len(place) == placeSize
}
