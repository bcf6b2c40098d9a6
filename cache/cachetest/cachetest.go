// Package cachetest is the one suite that every store must pass, so that all give the same
// answers. A backend's own tests call [Run], and beside it test what only that backend has.
package cachetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"reprint/cache"
	"reprint/feeds"
)

// Open opens the same store again at each call, as another process would. The suite closes
// what it opened.
type Open func(t *testing.T) cache.Store

// Run runs the suite. fresh makes an empty place for one store and returns how to open it.
func Run(t *testing.T, fresh func(t *testing.T) Open) { Part(t, fresh) }

// Part runs the tests of these names; without names, all. It is for stores in memory that tests use and that need not do everything.
func Part(t *testing.T, fresh func(t *testing.T) Open, names ...string) {
	ran := 0
	for _, test := range []struct {
		name string
		run  func(*testing.T, Open)
	}{
		{"Empty", testEmpty}, {"PutAndRead", testPutAndRead}, {"PutTwice", testPutTwice}, {"Revise", testRevise},
		{"KeepsFirstSeen", testKeepsFirstSeen}, {"WrongSource", testWrongSource}, {"Order", testOrder}, {"ManySources", testManySources},
		{"Items", testItems}, {"Poll", testPoll}, {"Subscription", testSubscription}, {"JournalPages", testJournalPages}, {"JournalWaits", testJournalWaits},
		{"JournalAcrossStores", testJournalAcrossStores}, {"JournalPositions", testJournalPositions}, {"Stamp", testStamp}, {"Reopen", testReopen}, {"Canceled", testCanceled},
		{"Concurrent", testConcurrent}, {"SameSourceConcurrent", testSameSourceConcurrent}, {"Oracle", testOracle}, {"Check", testCheck},
		{"Revoke", testRevoke}, {"Secret", testSecret}, {"Hold", testHold}, {"Tally", testTally}, {"Allot", testAllot}, {"Ranked", testRanked},
		{"Withdraw", testWithdraw}, {"EpochsAfterAFallback", testEpochsAfterAFallback}, {"Standing", testStanding}, {"PutBack", testPutBack}, {"Overtaken", testOvertaken}, {"GivesWay", testGivesWay}, {"Keys", testKeys}, {"Text", testText}, {"Restore", testRestore}, {"LargeEntries", testLargeEntries}, {"Identity", testIdentity}, {"Servers", testServers}, {"WithdrawAtOnce", testWithdrawAtOnce},
		{"Leases", testLeases}, {"LeaseRunsOut", testLeaseRunsOut}, {"LeasesAtOnce", testLeasesAtOnce}, {"Fence", testFence},
		{"Complaints", testComplaints}, {"ComplaintsAtOnce", testComplaintsAtOnce}, {"OpenComplaints", testOpenComplaints},
		{"RestoreComplaints", testRestoreComplaints}, {"NumberGivenTwice", testNumberGivenTwice},
	} {
		if len(names) > 0 && !slices.Contains(names, test.name) {
			continue
		}
		ran++
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, fresh(t))
		})
	}
	if len(names) > 0 && ran != len(names) {
		t.Errorf("%d of the tests %v ran", ran, names)
	}
}

// noon is the day of the suite.
var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// Item makes item n of a source in some version, ranked n minutes before noon.
func Item(source string, n, version int) feeds.Item {
	credit := "Jane Doe"
	i := feeds.Item{
		URI: fmt.Sprintf("tag:%s.example,2026:%d", source, n), GUID: fmt.Sprint(n), Source: source, Title: fmt.Sprintf("Story %d, version %d", n, version),
		Published: noon.Add(-time.Duration(n) * time.Minute), FirstSeen: noon.Add(123456789), Link: fmt.Sprintf("https://%s.example/%d", source, n),
		Body: []feeds.Part{{HTML: "<p>" + strings.Repeat("words ", 20) + "</p>"}, {Picture: &feeds.Picture{URL: "https://img.example/a.jpg", Credit: credit}}},
		Tags: []string{"水利"}, Text: "words",
	}
	i.ID = feeds.NewID(source, i.URI)
	i.Revision = i.Digest()
	return i
}

// BatchOf makes the batch of one poll.
func BatchOf(source string, items ...feeds.Item) cache.Batch {
	return cache.Batch{Source: source, Items: items, Poll: &cache.Poll{ETag: fmt.Sprintf(`"%d"`, len(items)), Outcome: "new"}, At: noon}
}

func open(t *testing.T, o Open) cache.Store {
	t.Helper()
	s := o(t)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func put(t *testing.T, s cache.Store, b cache.Batch, want cache.Accepted) {
	t.Helper()
	got, err := s.Put(t.Context(), b)
	if err != nil {
		t.Fatalf("Put: %v", err)
	}
	if got != want {
		t.Fatalf("Put accepted %+v, want %+v", got, want)
	}
}

// journal reads the whole journal and checks that its positions rise without repeats.
func journal(t *testing.T, s cache.Store) []cache.Change {
	t.Helper()
	var all []cache.Change
	after := int64(0)
	for {
		changes, next, err := s.Journal(t.Context(), after, 7, 0)
		if err != nil {
			t.Fatalf("Journal: %v", err)
		}
		if len(changes) == 0 {
			if next != after {
				t.Fatalf("Journal moved from %d to %d without a change", after, next)
			}
			return all
		}
		for _, c := range changes {
			if c.Seq <= after {
				t.Fatalf("position %d after %d", c.Seq, after)
			}
			after = c.Seq
		}
		if next != after {
			t.Fatalf("Journal says to go on from %d after %d", next, after)
		}
		all = append(all, changes...)
	}
}

// summary writes changes so that they can be compared.
func summary(changes []cache.Change) string {
	var lines []string
	for _, c := range changes {
		lines = append(lines, fmt.Sprintf("%s %s %s", c.Kind, c.Item, c.Revision))
	}
	return strings.Join(lines, "\n")
}

func ids(items []feeds.Item) string {
	var all []string
	for _, i := range items {
		all = append(all, i.URI)
	}
	return strings.Join(all, " ")
}

func latest(t *testing.T, s cache.Store, limit int, sources ...string) []feeds.Item {
	t.Helper()
	items, err := s.Latest(t.Context(), sources, limit)
	if err != nil {
		t.Fatalf("Latest: %v", err)
	}
	return items
}

// testCheck: a store that tests run on is fit, or says what would make it so.
func testCheck(t *testing.T, o Open) {
	findings := open(t, o).Check(t.Context())
	if len(findings) == 0 {
		t.Error("Check finds nothing to say")
	}
	for _, f := range findings {
		if f.Check == "" || f.Detail == "" || f.Severity == cache.Refuse || f.Severity != cache.OK && f.Remedy == "" {
			t.Errorf("finding %+v", f)
		}
	}
}

func testCanceled(t *testing.T, o Open) {
	s := open(t, o)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Put(ctx, BatchOf("a", Item("a", 1, 1))); err == nil {
		t.Error("Put with a canceled context succeeded")
	}
	if _, err := s.Latest(ctx, []string{"a"}, 1); err == nil {
		t.Error("Latest with a canceled context succeeded")
	}
	ctx, cancel = context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	begun := time.Now()
	if _, _, err := s.Journal(ctx, 0, 10, time.Minute); err == nil || errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Journal whose time is up: %v", err)
	}
	if took := time.Since(begun); took > 2*time.Second {
		t.Errorf("Journal held on for %v", took)
	}
}
