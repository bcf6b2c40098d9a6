package ledger

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestEveryFlippedBitIsFound changes each bit of a segment and of the checkpoints, one at a time.
func TestEveryFlippedBitIsFound(t *testing.T) {
	t.Parallel()
	dir := filled(t, 2)
	for _, name := range []string{segmentName(0), checkpointName} {
		path := filepath.Join(dir, name)
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for i := range whole {
			for bit := range 8 {
				changed := append([]byte(nil), whole...)
				changed[i] ^= 1 << bit
				mustWrite(t, path, changed)
				if _, err := Verify(dir, ""); err == nil {
					t.Fatalf("%s: byte %d bit %d can be changed", name, i, bit)
				}
			}
		}
		mustWrite(t, path, whole)
	}
	if _, err := Verify(dir, ""); err != nil {
		t.Fatal(err)
	}
}

// TestEveryCutIsFound cuts a segment at each byte.
func TestEveryCutIsFound(t *testing.T) {
	t.Parallel()
	dir := filled(t, 3)
	path := filepath.Join(dir, segmentName(0))
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range whole {
		mustWrite(t, path, whole[:i])
		if _, err := Verify(dir, ""); err == nil {
			t.Fatalf("verify does not see that the segment ends at byte %d", i)
		}
		if l, err := Open(dir, Options{Name: "x"}); err == nil {
			closeLedger(t, l)
			t.Fatalf("a segment that ends at byte %d is opened, though more was signed for", i)
		}
	}
}

// TestCleverChanges are those of somebody who mends the checksums.
func TestCleverChanges(t *testing.T) {
	t.Parallel()
	lines := func(texts ...string) []byte {
		var b []byte
		for _, text := range texts {
			b = appendLine(b, []byte(text))
		}
		return b
	}
	dir := filled(t, 3)
	path := filepath.Join(dir, segmentName(0))
	var texts []string
	if err := Read(dir, func(_ Entry, text []byte) error { texts = append(texts, string(text)); return nil }); err != nil {
		t.Fatal(err)
	}
	renumbered := func(text string, n int) string {
		return strings.Replace(text, `"n":`+text[5:6], fmt.Sprintf(`"n":%d`, n), 1)
	}
	for name, changed := range map[string][]byte{
		"an entry is another":     lines(texts[0], strings.Replace(texts[1], "zj-online", "qh-online", 1), texts[2]),
		"two entries are swapped": lines(texts[1], texts[0], texts[2]),
		"swapped and renumbered":  lines(renumbered(texts[1], 0), renumbered(texts[0], 1), texts[2]),
		"an entry is missing":     lines(texts[0], texts[2]),
		"missing and renumbered":  lines(texts[0], renumbered(texts[2], 1)),
		"an entry is there twice": lines(texts[0], texts[0], texts[1], texts[2]),
		"the last one is missing": lines(texts[0], texts[1]),
		"all are missing":         nil,
	} {
		mustWrite(t, path, changed)
		var damage *Damage
		if _, err := Verify(dir, ""); !errors.As(err, &damage) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := Verify(dir, ""); err == nil {
		t.Error("the segment is gone, and nobody sees it")
	}
}

// TestForgedByAnotherKey: who signs a changed ledger with a key of his own is found out with
// the key that partners have.
func TestForgedByAnotherKey(t *testing.T) {
	t.Parallel()
	l := open(t, t.TempDir())
	genuine := l.PublicKey()
	closeLedger(t, l)
	forged := filled(t, 2)
	if _, err := Verify(forged, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := Verify(forged, genuine); err == nil {
		t.Error("a ledger under another key passes for the genuine one")
	}
}

// TestForgedReceipts changes each byte of a receipt.
func TestForgedReceipts(t *testing.T) {
	t.Parallel()
	dir := filled(t, 9)
	key, err := readPublicKey(dir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Prove(dir, 4)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	genuine, _, err := r.Check(key)
	if err != nil {
		t.Fatal(err)
	}
	for i := range text {
		changed := append([]byte(nil), text...)
		changed[i] ^= 1
		forged, err := ReadReceipt(changed)
		if err != nil {
			continue
		}
		if e, _, err := forged.Check(key); err == nil && e.Pulled != nil && fmt.Sprint(*e.Pulled) != fmt.Sprint(*genuine.Pulled) {
			t.Errorf("byte %d: a changed receipt proves %+v", i, e.Pulled)
		}
	}
}

// FuzzLine: whatever stands in a file is read or refused, and what is read is written again
// just so.
func FuzzLine(f *testing.F) {
	f.Add(appendLine(nil, []byte(`{"n":0}`)))
	f.Add([]byte("00000003 00000000 abc\n"))
	f.Add([]byte("ffffffff 00000000 "))
	f.Fuzz(func(t *testing.T, b []byte) {
		text, rest, err := cutLine(b)
		if err == nil && string(appendLine(nil, text))+string(rest) != string(b) {
			t.Errorf("%q is read as %q and %q", b, text, rest)
		}
	})
}

// FuzzReceipt: a receipt from outside proves something only if its entry is genuine.
func FuzzReceipt(f *testing.F) {
	dir := filled(f, 3)
	key, err := readPublicKey(dir)
	if err != nil {
		f.Fatal(err)
	}
	genuine := make(map[string]bool)
	for n := range int64(3) {
		r, err := Prove(dir, n)
		if err != nil {
			f.Fatal(err)
		}
		text, err := json.Marshal(r)
		if err != nil {
			f.Fatal(err)
		}
		genuine[r.Entry] = true
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := ReadReceipt(text)
		if err != nil {
			return
		}
		if _, _, err := r.Check(key); err == nil && !genuine[r.Entry] {
			t.Errorf("a receipt proves %q", r.Entry)
		}
	})
}
