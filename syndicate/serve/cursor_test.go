package serve_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"reprint/cache"
	"reprint/cache/cachetest/redistest"
	"reprint/cache/redis"
	"reprint/cache/sqlite"
	"reprint/feeds"
	"reprint/syndicate"
)

func TestCursors(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1))
	cursor := o.changes(t, "zj/k1", "", 100).Cursor
	for name, c := range map[string]string{"another partner's": o.changes(t, "hz/k1", "", 100).Cursor, "invented": "abc", "shorter": cursor[:len(cursor)-1], "longer": cursor + "A"} {
		if w := o.get("/partner/changes?after="+c, "zj/k1"); w.Code != 400 || !strings.Contains(w.Body.String(), "begin without one") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	for _, q := range []string{"limit=0", "limit=501", "limit=x", "wait=-1", "wait=x", "content=all"} {
		if w := o.get("/partner/changes?"+q, "zj/k1"); w.Code != 400 {
			t.Errorf("%s: %d", q, w.Code)
		}
	}
	for i := range cursor {
		changed := []byte(cursor)
		changed[i] = map[bool]byte{true: 'B', false: 'A'}[changed[i] == 'A']
		if w := o.get("/partner/changes?after="+string(changed), "zj/k1"); w.Code != 400 {
			t.Errorf("character %d: %d", i, w.Code)
		}
	}
	// A store that lost its journal is told apart from nothing new.
	fresh := newOffice(t, article(1))
	secret, err := o.store.Secret(t.Context(), "cursors", nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		o.put(t, article(2), article(3), article(4))
	}
	ahead := o.changes(t, "zj/k1", cursor, 100).Cursor
	if _, err := fresh.store.Secret(t.Context(), "cursors", secret); err != nil {
		t.Fatal(err)
	}
	if a := fresh.changes(t, "zj/k1", ahead, 100); !a.Begun || len(a.Changes) != 1 {
		t.Errorf("after the loss: %+v", a)
	}
}

func TestLongPoll(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1))
	cursor := o.changes(t, "zj/k1", "", 100).Cursor
	begun := time.Now()
	if a := o.changes(t, "zj/k1", cursor, 100, "&wait=1"); len(a.Changes) != 0 || time.Since(begun) < 900*time.Millisecond {
		t.Errorf("%v after %v", a, time.Since(begun))
	}
	got := make(chan told, 1)
	go func() { got <- o.changes(t, "zj/k1", cursor, 100, "&wait=15") }()
	time.Sleep(100 * time.Millisecond)
	begun = time.Now()
	if _, err := o.store.Put(context.Background(), cache.Batch{Source: "weekly", Items: []feeds.Item{article(2)}, At: noon}); err != nil {
		t.Fatal(err)
	}
	if a := <-got; len(a.Changes) != 1 || time.Since(begun) > 10*time.Second {
		t.Errorf("%v after %v", a, time.Since(begun))
	}
}

// mirror is a partner that keeps what it is told.
type mirror map[string]string // item -> form and title

func (m mirror) apply(a told) {
	for _, c := range a.Changes {
		if c.Change == "removed" {
			delete(m, c.Item)
			continue
		}
		m[c.Item] = c.Form + " " + c.Content.Title
	}
}

// TestNothingIsMissed: after any schedule of writes, corrections, changes of the rules, hours that
// pass, restarts, lost answers and repeated ones, a partner that follows the cursor has
// exactly what it may have. SEEDS=600 tries more schedules.
func TestNothingIsMissed(t *testing.T) {
	t.Parallel()
	seeds := uint64(12)
	if more, err := strconv.ParseUint(os.Getenv("SEEDS"), 10, 32); err == nil {
		seeds = more
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 7))
			o := newOffice(t)
			items := make(map[string]feeds.Item)
			m := make(mirror)
			cursor := ""
			for range 120 {
				switch r.IntN(10) {
				case 0, 1, 2:
					o.write(t, r, items)
				case 3:
					o.now = o.now.Add(time.Duration(r.IntN(180)) * time.Minute)
				case 4:
					o.now = o.now.Add(time.Duration(r.IntN(1000)) * time.Millisecond)
				case 5:
					if r.IntN(3) == 0 {
						o.house = randomTerms(r, o.now)
						if err := o.Reload(rules(t, o.house), o.partners()); err != nil {
							t.Fatal(err)
						}
					}
				case 6:
					o.serve(t, o.ledger)
				case 7:
					o.changes(t, "qh/k1", cursor, 1+r.IntN(10)) // the answer is lost
				default:
					a := o.changes(t, "qh/k1", cursor, 1+r.IntN(10))
					m.apply(a)
					if r.IntN(4) > 0 { // else it crashed before it kept the cursor
						cursor = a.Cursor
					}
				}
			}
			for more := true; more; {
				a := o.changes(t, "qh/k1", cursor, 1+r.IntN(10))
				m.apply(a)
				cursor, more = a.Cursor, a.More
			}
			o.expect(t, m, "qh", o.house, items)
			if len(items) < 10 {
				t.Errorf("only %d items: nothing was tested", len(items))
			}
		})
	}
}

// randomTerms are terms of the partner qh with bounds of all kinds.
func randomTerms(r *rand.Rand, now time.Time) syndicate.House {
	h := partnerHouse()
	a := syndicate.Agreement{ID: "qh-a", Covers: syndicate.Coverage{Licenses: []string{"house"}}, Text: syndicate.Full, Embargo: time.Duration(r.IntN(4)) * time.Hour}
	if r.IntN(2) == 0 {
		a.Window = a.Embargo + time.Duration(1+r.IntN(6))*time.Hour
	}
	if r.IntN(2) == 0 {
		a.Until = now.Add(time.Duration(r.IntN(600)) * time.Minute)
	}
	b := syndicate.Agreement{ID: "qh-b", Covers: syndicate.Coverage{Sources: []string{"hill", "inner"}}, Text: syndicate.Excerpt, From: now.Add(time.Duration(r.IntN(300)-150) * time.Minute)}
	h.Partners[2].Agreements = []syndicate.Agreement{a, b}
	if r.IntN(6) == 0 {
		h.Partners[2].Agreements = nil
	}
	return h
}

// TestManyWriters: while many write at once, a partner that follows the cursor of either
// store misses nothing.
func TestManyWriters(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(t *testing.T) cache.Store{
		"sqlite": func(t *testing.T) cache.Store {
			s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "store.db"))
			if err != nil {
				t.Fatal(err)
			}
			return s
		},
		"redis": func(t *testing.T) cache.Store {
			s, err := redis.Open(t.Context(), redistest.Start(t).URL("many"), "")
			if err != nil {
				t.Fatal(err)
			}
			return s
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOfficeOn(t, open(t))
			_ = o.get("/partner", "zj/k1") // the server meets the store, and may wait for a lease
			o.now = o.now.Add(3 * time.Second)
			eventually(t, "the server answers", func() bool { return o.get("/partner/changes", "zj/k1").Code == http.StatusOK })
			const writers, rounds = 6, 25
			var wg sync.WaitGroup
			var mu sync.Mutex
			items := make(map[string]feeds.Item)
			for w := range writers {
				wg.Go(func() {
					for n := range rounds {
						i := story([]string{"weekly", "hill"}[w%2], 1000*w+n%20)
						i.Title = fmt.Sprint("round ", n)
						i.Revision = i.Digest()
						if _, err := o.store.Put(context.Background(), cache.Batch{Source: i.Source, Items: []feeds.Item{i}, At: noon}); err != nil {
							t.Error(err)
							return
						}
						mu.Lock()
						items[i.ID] = i
						mu.Unlock()
					}
				})
			}
			written := make(chan struct{})
			go func() { wg.Wait(); close(written) }()
			m, cursor := make(mirror), ""
			for over := false; ; {
				a := o.changes(t, "zj/k1", cursor, 7)
				m.apply(a)
				cursor = a.Cursor
				if over && !a.More && len(a.Changes) == 0 {
					break
				}
				select {
				case <-written:
					over = true
				default:
				}
			}
			o.expect(t, m, "zj", o.house, items)
			if len(m) != writers/2*20 {
				t.Errorf("the partner has %d items, want those of the house", len(m))
			}
		})
	}
}
