package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/mod/sumdb/tlog"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

func pull(path string) Entry {
	return Entry{At: noon, Kind: KindPulled, Pulled: &Pull{
		Partner: "zj-online", Token: "k1", Path: path, Agreements: []string{"zj-2026@0a1b2c"}, Edition: "e1", Body: "b1", Items: 3, Licensed: 2,
	}}
}

func open(t testing.TB, dir string) *Ledger {
	t.Helper()
	l, err := Open(dir, Options{Name: "news.example/ledger"})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func closeLedger(t testing.TB, l *Ledger) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

func appendOne(t testing.TB, l *Ledger, e Entry) int64 {
	t.Helper()
	n, err := l.Append(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// filled makes a ledger of that many entries and closes it.
func filled(t testing.TB, entries int) string {
	t.Helper()
	dir := t.TempDir()
	l := open(t, dir)
	for i := range entries {
		if n := appendOne(t, l, pull(fmt.Sprintf("/feeds/%d.rss", i))); n != int64(i) {
			t.Fatalf("entry %d stands at %d", i, n)
		}
	}
	closeLedger(t, l)
	return dir
}

func TestEntriesStay(t *testing.T) {
	t.Parallel()
	dir := filled(t, 5)
	l := open(t, dir)
	appendOne(t, l, Entry{At: noon, Kind: KindConfig, Config: &ConfigApplied{Digest: "c"}})
	closeLedger(t, l)
	report, err := Verify(dir, l.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	if report.Entries != 6 || report.Checkpoint.Size != 6 || report.Torn != 0 {
		t.Errorf("report = %+v", report)
	}
	var kinds []string
	if err := Read(dir, func(e Entry, _ []byte) error { kinds = append(kinds, string(e.Kind)); return nil }); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(kinds, " "); got != "pulled pulled pulled pulled pulled config" {
		t.Errorf("kinds = %s", got)
	}
}

func TestOneProcessAtATime(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := open(t, dir)
	defer closeLedger(t, l)
	if _, err := Open(dir, Options{Name: "x"}); !errors.Is(err, ErrInUse) {
		t.Errorf("second open: %v", err)
	}
}

func TestKeyIsSecret(t *testing.T) {
	t.Parallel()
	dir := filled(t, 1)
	info, err := os.Stat(filepath.Join(dir, keyName))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key has mode %v, %v", info.Mode(), err)
	}
	if err := os.Remove(filepath.Join(dir, keyName)); err != nil {
		t.Fatal(err)
	}
	var damage *Damage
	if _, err := Open(dir, Options{Name: "x"}); !errors.As(err, &damage) {
		t.Errorf("opened without its key: %v", err)
	}
}

// TestEveryFlippedBitIsFound changes each bit of a segment and of the checkpoints, one at a time.
func TestEveryFlippedBitIsFound(t *testing.T) {
	t.Parallel()
	dir := filled(t, 3)
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

func TestTornEndIsTakenAway(t *testing.T) {
	t.Parallel()
	dir := filled(t, 3)
	path := filepath.Join(dir, segmentName(0))
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	line := appendLine(nil, []byte(`{"n":3,"at":"2026-03-10T12:00:00Z","kind":"config","config":{"digest":"x"}}`))
	for cut := 1; cut <= len(line); cut++ {
		mustWrite(t, path, append(append([]byte(nil), whole...), line[:cut]...))
		want := cut
		entries := int64(3)
		if cut == len(line) { // whole, though never acknowledged: it stays
			want, entries = 0, 4
		}
		l := open(t, dir)
		if l.Cut() != int64(want) {
			t.Fatalf("cut at %d: %d bytes were taken away", cut, l.Cut())
		}
		closeLedger(t, l)
		report, err := Verify(dir, "")
		if err != nil || report.Entries != entries {
			t.Fatalf("cut at %d: %+v, %v", cut, report, err)
		}
	}
}

func TestHashesAreMadeAgain(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(path string) error{
		"gone":    os.Remove,
		"shorter": func(path string) error { return os.Truncate(path, tlog.HashSize) },
		"another": func(path string) error { return os.WriteFile(path, make([]byte, 100*tlog.HashSize), 0o600) },
	} {
		dir := filled(t, 5)
		if err := spoil(filepath.Join(dir, hashesName)); err != nil {
			t.Fatal(err)
		}
		l := open(t, dir)
		appendOne(t, l, pull("/after"))
		checkReceipts(t, l, 6)
		closeLedger(t, l)
		if _, err := Verify(dir, ""); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func checkReceipts(t *testing.T, l *Ledger, entries int64) {
	t.Helper()
	for n := range entries {
		r, err := l.Receipt(t.Context(), n)
		if err != nil {
			t.Fatalf("receipt %d: %v", n, err)
		}
		if e, _, err := r.Check(l.PublicKey()); err != nil || e.N != n {
			t.Fatalf("receipt %d: entry %d, %v", n, e.N, err)
		}
	}
}

func TestReceipts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := open(t, dir)
	for i := range 20 {
		appendOne(t, l, pull(fmt.Sprint("/", i)))
		checkReceipts(t, l, int64(i)+1)
	}
	if _, err := l.Receipt(t.Context(), 20); !errors.Is(err, ErrNoEntry) {
		t.Errorf("a receipt for nothing: %v", err)
	}
	live, err := l.Receipt(t.Context(), 7)
	if err != nil {
		t.Fatal(err)
	}
	closeLedger(t, l)
	offline, err := Prove(dir, 7)
	if err != nil {
		t.Fatal(err)
	}
	a, _ := json.Marshal(live)
	b, _ := json.Marshal(offline)
	if string(a) != string(b) {
		t.Errorf("the same receipt twice:\n%s\n%s", a, b)
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

func TestSegments(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := open(t, dir)
	l.limit = 4 << 10
	const entries = 50
	for range entries {
		appendOne(t, l, pull("/"+strings.Repeat("x", 1000)))
	}
	checkReceipts(t, l, entries)
	closeLedger(t, l)
	list, err := segments(dir)
	if err != nil || len(list) < 3 {
		t.Fatalf("%d segments, %v", len(list), err)
	}
	l = open(t, dir)
	if n := appendOne(t, l, pull("/last")); n != entries {
		t.Errorf("the next entry is %d, not %d", n, entries)
	}
	closeLedger(t, l)
	if _, err := Verify(dir, ""); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(list[1].path); err != nil {
		t.Fatal(err)
	}
	if _, err := Verify(dir, ""); err == nil {
		t.Error("a segment is gone, and nobody sees it")
	}
}

func TestTooLongAnEntryFailsAlone(t *testing.T) {
	t.Parallel()
	l := open(t, t.TempDir())
	defer closeLedger(t, l)
	if _, err := l.Append(t.Context(), pull(strings.Repeat("x", maxText))); err == nil {
		t.Error("it was taken")
	}
	if n := appendOne(t, l, pull("/next")); n != 0 {
		t.Errorf("the next entry is %d", n)
	}
}

func mustWrite(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// disk counts the operations on the ledger's files and fails one of them.
type disk struct {
	mu     sync.Mutex
	at     int  // the operation that fails, from 1; 0 is none
	for_   int  // how many fail from there on
	half   bool // a write that fails has written half
	count  int
	err    error
	before func() // called before each operation
}

func (d *disk) fails() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.before != nil {
		d.before()
	}
	d.count++
	return d.at > 0 && d.count >= d.at && d.count < d.at+d.for_
}

type faultyFile struct {
	file
	disk *disk
}

func (f faultyFile) Write(p []byte) (int, error) {
	if f.disk.fails() {
		if f.disk.half {
			_, _ = f.file.Write(p[:len(p)/2])
		}
		return 0, f.disk.err
	}
	return f.file.Write(p)
}

func (f faultyFile) Sync() error {
	if f.disk.fails() {
		return f.disk.err
	}
	return f.file.Sync()
}

func (f faultyFile) Truncate(size int64) error {
	if f.disk.fails() {
		return f.disk.err
	}
	return f.file.Truncate(size)
}

type faultyPlaces struct {
	writerAt
	disk *disk
}

func (f faultyPlaces) WriteAt(p []byte, at int64) (int, error) {
	if f.disk.fails() {
		if f.disk.half {
			_, _ = f.writerAt.WriteAt(p[:len(p)/2], at)
		}
		return 0, f.disk.err
	}
	return f.writerAt.WriteAt(p, at)
}

func (f faultyPlaces) Sync() error {
	if f.disk.fails() {
		return f.disk.err
	}
	return f.writerAt.Sync()
}

// onDisk puts a disk under an open ledger that nobody uses yet.
func onDisk(l *Ledger, d *disk) {
	l.segment = faultyFile{l.segment, d}
	l.checked.open = faultyPlaces{l.checked.open, d}
}

// TestDiskFailures fails every operation of an append, for one operation or for several,
// cleanly or half done. What was not acknowledged may be lost; what was is there; and the
// ledger goes on when the disk does.
func TestDiskFailures(t *testing.T) {
	t.Parallel()
	for _, cause := range []struct{ disk, want error }{{syscall.ENOSPC, ErrFull}, {syscall.EIO, ErrFailed}} {
		for at := 1; at <= 9; at++ {
			for _, length := range []int{1, 2, 3, 7} {
				for _, half := range []bool{false, true} {
					name := fmt.Sprintf("%v/%d+%d/%v", cause.disk, at, length, half)
					dir := filled(t, 2)
					l := open(t, dir)
					onDisk(l, &disk{at: at, for_: length, half: half, err: cause.disk})
					acknowledged := []string{"/feeds/0.rss", "/feeds/1.rss"}
					for i := range 12 {
						path := fmt.Sprint("/", i)
						n, err := l.Append(t.Context(), pull(path))
						switch {
						case err == nil && n != int64(len(acknowledged)):
							t.Fatalf("%s: append %d stands at %d, not %d", name, i, n, len(acknowledged))
						case err == nil:
							acknowledged = append(acknowledged, path)
						case !errors.Is(err, cause.want):
							t.Fatalf("%s: %v", name, err)
						}
					}
					if len(acknowledged) < 3 {
						t.Fatalf("%s: it did not recover", name)
					}
					checkReceipts(t, l, int64(len(acknowledged)))
					closeLedger(t, l)
					checkPaths(t, name, dir, acknowledged)
				}
			}
		}
	}
}

func checkPaths(t *testing.T, name, dir string, want []string) {
	t.Helper()
	if _, err := Verify(dir, ""); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var got []string
	if err := Read(dir, func(e Entry, _ []byte) error { got = append(got, e.Pulled.Path); return nil }); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("%s: the ledger holds %v, acknowledged were %v", name, got, want)
	}
}

// TestCrashAtEachStep takes a copy of the directory before every operation of the disk and
// opens it: everything that was acknowledged by then is there.
func TestCrashAtEachStep(t *testing.T) {
	t.Parallel()
	dir := filled(t, 2)
	l := open(t, dir)
	acknowledged := 2
	type crash struct {
		dir          string
		acknowledged int
	}
	var crashes []crash
	onDisk(l, &disk{before: func() {
		c := crash{t.TempDir(), acknowledged}
		if err := os.CopyFS(filepath.Join(c.dir, "l"), os.DirFS(dir)); err != nil {
			t.Error(err)
		}
		crashes = append(crashes, c)
	}})
	for i := range 5 {
		appendOne(t, l, pull(fmt.Sprint("/", i)))
		acknowledged++
	}
	closeLedger(t, l)
	if len(crashes) < 20 {
		t.Fatalf("only %d steps", len(crashes))
	}
	for i, c := range crashes {
		copied := filepath.Join(c.dir, "l")
		if err := os.Chmod(filepath.Join(copied, keyName), 0o600); err != nil {
			t.Fatal(err)
		}
		reopened := open(t, copied)
		if n := appendOne(t, reopened, pull("/after")); n < int64(c.acknowledged) {
			t.Errorf("step %d: %d entries, %d were acknowledged", i, n, c.acknowledged)
		}
		closeLedger(t, reopened)
		if _, err := Verify(copied, ""); err != nil {
			t.Errorf("step %d: %v", i, err)
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := open(t, dir)
	var wg sync.WaitGroup
	var mu sync.Mutex
	seen := make(map[int64]bool)
	for range 50 {
		wg.Go(func() {
			for range 20 {
				n, err := l.Append(context.Background(), pull("/a"), pull("/b"))
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				if seen[n] || seen[n+1] {
					t.Errorf("position %d was given twice", n)
				}
				seen[n], seen[n+1] = true, true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	closeLedger(t, l)
	report, err := Verify(dir, "")
	if err != nil || report.Entries != 2000 || len(seen) != 2000 {
		t.Errorf("%+v, %v, %d positions", report, err, len(seen))
	}
	if _, err := l.Append(t.Context(), pull("/late")); !errors.Is(err, ErrClosed) {
		t.Errorf("after the end: %v", err)
	}
}

func TestExport(t *testing.T) {
	t.Parallel()
	dir := filled(t, 2)
	var table, lines strings.Builder
	if err := ExportCSV(dir, &table); err != nil {
		t.Fatal(err)
	}
	want := "n,at,partner,token,path,agreements,items,licensed,edition,body\n" +
		"0,2026-03-10T12:00:00Z,zj-online,k1,/feeds/0.rss,zj-2026@0a1b2c,3,2,e1,b1\n1,2026-03-10T12:00:00Z,zj-online,k1,/feeds/1.rss,zj-2026@0a1b2c,3,2,e1,b1\n"
	if table.String() != want {
		t.Errorf("csv:\n%s", table.String())
	}
	if err := ExportJSON(dir, &lines); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(lines.String(), "\n"); n != 2 || !strings.HasPrefix(lines.String(), `{"n":0,"at":"2026-03-10T12:00:00Z","kind":"pulled"`) {
		t.Errorf("json:\n%s", lines.String())
	}
}

// TestTail: what is appended is read once, in order, over segments and restarts.
func TestTail(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := open(t, dir)
	l.limit = 1 << 10
	tail := NewTail(dir)
	var got []int64
	read := func(limit int64) {
		t.Helper()
		if err := tail.Read(limit, func(e Entry) error { got = append(got, e.N); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	read(l.Size())
	for i := range 30 {
		appendOne(t, l, pull(fmt.Sprint("/", i)))
		if i%4 == 0 {
			read(l.Size())
			read(l.Size())
		}
	}
	read(15)
	read(l.Size() + 10)
	closeLedger(t, l)
	if len(got) != 30 || tail.Position() != 30 {
		t.Fatalf("%d entries, position %d", len(got), tail.Position())
	}
	for i, n := range got {
		if n != int64(i) {
			t.Errorf("entry %d is read as the %dth", n, i)
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
