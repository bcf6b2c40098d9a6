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
