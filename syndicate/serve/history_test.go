package serve_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"reprint/cache"
	"reprint/syndicate"
)

// deed is one thing that happens in a world.
type deed struct {
	What   string
	Server int
	N      int // of whatever there are several
	For    time.Duration
}

func deeds() *rapid.Generator[deed] {
	return rapid.Custom(func(t *rapid.T) deed {
		return deed{
			What: rapid.SampledFrom([]string{
				"withdraw", "withdraw", "put back", "ask", "ask", "ask", "look", "time", "time", "revise", "publish",
				"cut", "slow", "late", "lose", "mend", "crash", "snapshot", "fall", "empty",
			}).Draw(t, "what"),
			Server: rapid.IntRange(0, 2).Draw(t, "server"),
			N:      rapid.IntRange(0, 7).Draw(t, "n"),
			For:    time.Duration(rapid.SampledFrom([]int{1, 100, 500, 900, 1500, 2100, 2300, 5000}).Draw(t, "ms")) * time.Millisecond,
		}
	})
}

// TestHistory lets anything happen to three servers and their store, in any order, and holds the history against the promise: what is asked for after
// a withdrawal was acknowledged as everywhere, and before anybody ordered to put it back, holds no trace of it. Once all is well again, all servers and
// the store know the same, every order was carried out once, and what is not withdrawn is served.
//
// It takes as many histories as there is time for: HISTORY=10m with -rapid.checks=1000000 looks for ten minutes.
func TestHistory(t *testing.T) {
	t.Parallel()
	enough, err := time.ParseDuration(cmp.Or(os.Getenv("HISTORY"), "20s"))
	if err != nil {
		t.Fatal(err)
	}
	histories, done, answers, failed, begun := 0, 0, 0, false, time.Now()
	rapid.Check(t, func(rt *rapid.T) {
		if !failed && time.Since(begun) > enough {
			return
		}
		story := rapid.SliceOfN(deeds(), 15, 60).Draw(rt, "deeds")
		var problems []string
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			for _, d := range story {
				w.do(d)
			}
			w.end()
			problems, answers = w.problems, answers+w.answers
		})
		histories, done, failed = histories+1, done+len(story), failed || len(problems) > 0
		if len(problems) > 0 {
			rt.Fatalf("%s", strings.Join(problems, "\n"))
		}
	})
	t.Logf("%d histories, %d deeds, %d answers", histories, done, answers)
	if answers == 0 {
		t.Error("there was no time for any")
	}
}

// do lets one thing happen, and everything that follows from it at once.
func (w *world) do(d deed) {
	c := w.servers[d.Server]
	switch d.What {
	case "withdraw", "put back":
		all := w.targets()
		w.order(d.Server, all[d.N%len(all)], d.What == "put back")
	case "ask":
		w.ask(d.Server, d.N, w.banned())
	case "look":
		w.look(d.Server)
	case "time":
		time.Sleep(d.For)
	case "revise":
		i := &w.items[d.N%len(w.items)]
		i.Text += " revised"
		i.Revision = i.Digest()
		w.publish()
	case "publish":
		w.publish()
	case "cut":
		c.line.set(func(f *faults) { f.cut = true })
	case "slow":
		c.line.set(func(f *faults) { f.ahead = d.For })
	case "late":
		c.line.set(func(f *faults) { f.behind = d.For })
	case "lose":
		w.faulty = true
		c.line.set(func(f *faults) { f.lost = 1 + d.N%3 })
	case "mend":
		c.line.set(func(f *faults) { *f = faults{} })
	case "crash":
		w.faulty = true
		w.crash(d.Server)
	case "snapshot":
		old := w.vault.snapshot()
		w.old = &old
	case "fall":
		if w.old != nil {
			w.fall(w.old, d)
		}
	case "empty":
		w.fall(nil, d)
	}
	synctest.Wait()
}

// fall lets the store fall back. One server may be cut off from it all along, or from that moment on, when something is ordered at another one;
// the others know everything before, and hear the store after: if nobody who knows what the store forgets is heard within a lease, nobody can know it.
func (w *world) fall(back *contents, d deed) {
	for i, c := range w.servers {
		if away := d.N%2 == 0 && i == d.Server; !away {
			c.line.set(func(f *faults) { *f = faults{} })
		}
	}
	time.Sleep(6 * worldLease)
	w.mu.Lock()
	w.faulty = true
	for _, p := range w.orders {
		p.uncertain = p.uncertain || !p.over
	}
	w.mu.Unlock()
	w.vault.fall(back)
	w.publish()
	switch d.N {
	case 0, 3, 6:
		w.servers[d.Server].line.set(func(f *faults) { *f = faults{} })
	case 1, 5:
		w.servers[d.Server].line.set(func(f *faults) { f.cut = true })
		w.order((d.Server+1)%len(w.servers), w.items[d.N%len(w.items)].ID, false)
	}
	for n := range 16 {
		time.Sleep(worldLease / 8)
		for i := range w.servers {
			w.ask(i, n, w.banned())
		}
	}
}

// paths are the surfaces that are asked for.
func (w *world) path(n int) (path, token string) {
	switch {
	case n < len(surfaces):
		return surfaces[n], ""
	case n == 4:
		return "/items/" + w.items[time.Now().Second()%len(w.items)].ID, ""
	case n == 5:
		return "/feeds/top.json", "zj/k1"
	case n == 6:
		return "/partner/changes?limit=100", "zj/k1"
	}
	return "/partner/status", "zj/k1"
}

// ask asks a server for a document, as somebody who has an older copy does, and holds the answer against what must not be in it.
func (w *world) ask(i, n int, banned []string) {
	path, token := w.path(n % 8)
	var body io.Reader
	method := http.MethodGet
	if path == "/partner/status" {
		method, body = http.MethodPost, strings.NewReader(fmt.Sprintf(`{"items":[%q,%q,%q]}`, w.items[0].ID, w.items[1].ID, w.items[2].ID))
	}
	r := httptest.NewRequest(method, path, body)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+w.office.secrets[token])
	}
	w.mu.Lock()
	known := w.copies["of "+path+token]
	w.mu.Unlock()
	if known != "" {
		r.Header.Set("If-None-Match", known)
	}
	c := w.servers[i]
	server, line, asked := c.Server, c.line, time.Now()
	w.asks.Go(func() {
		rec := httptest.NewRecorder()
		server.Public().ServeHTTP(rec, r)
		if !line.now().dead {
			w.check(fmt.Sprintf("%s of server %d, asked at %s", path, i, asked.Format("05.000")), path+token, rec, banned)
		}
	})
}

// check looks for traces in an answer of what was banned when it was asked for and is so still: somebody may have ordered to put it back in the
// meantime. What is not new is the copy that the client has.
func (w *world) check(what, of string, rec *httptest.ResponseRecorder, banned []string) {
	text, tag := rec.Body.String(), rec.Header().Get("ETag")
	w.mu.Lock()
	switch {
	case rec.Code == http.StatusNotModified:
		text = w.copies[tag]
	case rec.Code == http.StatusOK && tag != "":
		w.copies[tag], w.copies["of "+of] = text, tag
	}
	w.answers++
	w.mu.Unlock()
	if strings.HasPrefix(of, "/partner/status") {
		text = w.granted(rec)
	}
	still := w.banned()
	for _, target := range banned {
		if !slices.Contains(still, target) {
			continue
		}
		for _, trace := range w.traces(target) {
			if strings.Contains(text, trace) {
				w.wrong("%s: %d, with %s of %s", what, rec.Code, trace, target)
			}
		}
	}
}

// granted is what an answer of status says may be shown, as the marks of the items.
func (w *world) granted(rec *httptest.ResponseRecorder) (marks string) {
	var answer struct {
		Items []struct {
			Item, Form string
			Pictures   []struct{ URL string }
		}
	}
	_ = json.Unmarshal(rec.Body.Bytes(), &answer)
	for n, i := range w.items {
		for _, a := range answer.Items {
			if a.Item == i.ID && a.Form != "withheld" {
				marks += fmt.Sprint(mark(n), a.Pictures)
			}
		}
	}
	return marks
}

// end mends everything, waits, and looks at what is left.
func (w *world) end() {
	for _, c := range w.servers {
		c.line.set(func(f *faults) { *f = faults{} })
	}
	w.publish()
	time.Sleep(10 * worldLease)
	for range 2 {
		for i := range w.servers {
			w.look(i)
			w.ask(i, 2, w.banned())
		}
		time.Sleep(2 * worldLease)
	}
	w.asks.Wait()
	w.agree()
	w.settled()
	for _, c := range w.servers {
		c.line.set(func(f *faults) { f.dead = true })
		c.stop()
	}
}

// agree: all servers and the store know the same, and show what is not withdrawn.
func (w *world) agree() {
	store, _ := w.vault.Identity(context.Background())
	entries, _ := w.vault.Withdrawals(context.Background(), 0, 1000)
	set := syndicate.NewWithdrawals(entries...)
	for _, c := range w.servers {
		if epoch, sum := c.Knows(); epoch != store.Epoch || sum != store.Sum {
			w.wrong("%s is at %d, %d; the store at %d, %d", c.name, epoch, sum, store.Epoch, store.Sum)
		}
		rec := fixture{Server: c.Server}.get("/feeds/top.json")
		for n, i := range w.items {
			_, down := set.Of(i)
			_, origin := set.Standing(syndicate.OriginTarget("hill commons"))
			down = down || origin && i.Source == "hill"
			if rec.Code != 200 || strings.Contains(rec.Body.String(), mark(n)) == down {
				w.wrong("%s answers %d; item %d is withdrawn: %v, and shown: %v", c.name, rec.Code, n, down, !down)
			}
		}
	}
}

// settled: every order that was taken is carried out, once. One that a server had not put on its disk when it crashed was not taken.
func (w *world) settled() {
	for _, p := range w.orders {
		taken := slices.ContainsFunc(w.servers[p.server].notes.all.Orders, func(o syndicate.Order) bool { return o.Key == p.key })
		if taken && !p.over {
			w.wrong("%s, about %s, was never carried out", p.key, p.target)
		}
	}
	for order, times := range w.vault.entered {
		if times > 1 && !w.faulty {
			w.wrong("%s was entered %d times", order, times)
		}
	}
}

var _ cache.Store = (*line)(nil)
