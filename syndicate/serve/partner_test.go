package serve_test

import (
	"context"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"reprint/syndicate"
	"reprint/syndicate/ledger"
)

func TestPartnerView(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1), story("hill", 1), story("inner", 1))
	const last = "全文的最后一句"
	for _, path := range []string{"/feeds/top.rss", "/feeds/top.atom", "/feeds/top.json", "/feeds/top", "/items/" + article(1).ID} {
		public, partner := o.get(path, ""), o.get(path, "zj/k1")
		if public.Code != 200 || partner.Code != 200 {
			t.Fatalf("%s: %d, %d %s", path, public.Code, partner.Code, partner.Body)
		}
		full := path != "/feeds/top" // the page of a channel shows summaries
		if strings.Contains(public.Body.String(), last) || strings.Contains(partner.Body.String(), last) != full {
			t.Errorf("%s: the public or the partner has the wrong text", path)
		}
		if !strings.Contains(partner.Body.String(), "staff.jpg") || strings.Contains(partner.Body.String(), "agency.jpg") || strings.Contains(partner.Body.String(), "nobody.jpg") {
			t.Errorf("%s: wrong pictures", path)
		}
		if !strings.Contains(partner.Body.String(), "转自") || !strings.Contains(partner.Body.String(), "https://qinghe.example/terms/full") {
			t.Errorf("%s: the agreement's wording or terms are missing", path)
		}
		p, q := public.Header(), partner.Header()
		if !strings.HasPrefix(q.Get("Cache-Control"), "private, ") || !strings.HasPrefix(p.Get("Cache-Control"), "public, ") {
			t.Errorf("%s: %q and %q", path, p.Get("Cache-Control"), q.Get("Cache-Control"))
		}
		if p.Get("Vary") != "Accept-Encoding, Authorization" || q.Get("Vary") != p.Get("Vary") || p.Get("ETag") == q.Get("ETag") {
			t.Errorf("%s: Vary %q and %q, ETag %q and %q", path, p.Get("Vary"), q.Get("Vary"), p.Get("ETag"), q.Get("ETag"))
		}
		if p.Get("Reprint-Receipt") != "" || !strings.HasPrefix(q.Get("Reprint-Receipt"), o.ledger.ID()+"-") {
			t.Errorf("%s: receipts %q and %q", path, p.Get("Reprint-Receipt"), q.Get("Reprint-Receipt"))
		}
		if q.Get("X-Robots-Tag") != "noindex" || q.Get("Ratelimit") == "" {
			t.Errorf("%s: %v", path, q)
		}
	}
}

// TestEqualTermsShare: partners with equal terms get the same bytes, made once; others do not.
func TestEqualTermsShare(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1))
	zj, hz, qh := o.get("/feeds/top.json", "zj/k1"), o.get("/feeds/top.json", "hz/k1"), o.get("/feeds/top.json", "qh/k1")
	if zj.Body.String() != hz.Body.String() || zj.Header().Get("ETag") != hz.Header().Get("ETag") {
		t.Error("equal terms give different documents")
	}
	if zj.Body.String() == qh.Body.String() {
		t.Error("different terms give the same document")
	}
	if made := counter(t, o.metrics, "reprint_renderings_total"); made != 2 {
		t.Errorf("%v renderings for two terms", made)
	}
	pulls := o.pulls(t)
	if len(pulls) != 3 || pulls[0].Pulled.Edition != pulls[1].Pulled.Edition || pulls[1].N != pulls[0].N+1 {
		t.Fatalf("%d pulls", len(pulls))
	}
	for i, want := range []string{"zj-2026@", "hz-2026@", "qh-2026@"} {
		p := pulls[i].Pulled
		if len(p.Agreements) != 1 || !strings.HasPrefix(p.Agreements[0], want) {
			t.Errorf("pull %d rests on %v", i, p.Agreements)
		}
	}
}

// TestTimeChangesTheView: an embargo that runs out, an agreement that ends, a change of the
// rules show at the next request, and no validator from before is good any more.
func TestTimeChangesTheView(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1), article(2), article(3)) // published 1, 2 and 3 hours before noon
	full := func(token string) int {
		t.Helper()
		w := o.get("/feeds/top.json", token)
		if w.Code != 200 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		return strings.Count(w.Body.String(), "全文的最后一句")
	}
	if n := full("qh/k1"); n != 1 {
		t.Fatalf("%d items, embargo of 2.5 h", n)
	}
	before := o.get("/feeds/top.json", "qh/k1").Header().Get("ETag")
	o.now = noon.Add(30 * time.Minute).Add(-time.Millisecond)
	if n := full("qh/k1"); n != 1 {
		t.Errorf("%d items just before the embargo's end", n)
	}
	o.now = noon.Add(30 * time.Minute)
	if w := o.get("/feeds/top.json", "qh/k1", "If-None-Match", before); w.Code != 200 {
		t.Errorf("a validator from under the embargo gives %d", w.Code)
	}
	if n := full("qh/k1"); n != 2 {
		t.Errorf("%d items at the embargo's end", n)
	}
	o.now = noon.Add(240*time.Hour - time.Millisecond)
	if n := full("zj/k1"); n != 3 {
		t.Errorf("%d items in the last moment of the agreement", n)
	}
	o.now = noon.Add(240 * time.Hour)
	if n := full("zj/k1"); n != 0 {
		t.Errorf("%d items after the agreement", n)
	}
	o.now = noon
	h := partnerHouse()
	h.Partners[0].Agreements[0].Text = syndicate.Excerpt
	if err := o.Reload(rules(t, h), o.partners()); err != nil {
		t.Fatal(err)
	}
	if n := full("zj/k1"); n != 0 {
		t.Errorf("%d items under the new wording", n)
	}
}

func TestDailyCap(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1), article(2), article(3), article(4))
	full := func() (n int) {
		return strings.Count(o.get("/feeds/top.json", "cap/k1").Body.String(), "全文的最后一句")
	}
	if n := full(); n != 2 {
		t.Fatalf("%d items, two a day", n)
	}
	if w := o.get("/items/"+article(3).ID, "cap/k1"); strings.Contains(w.Body.String(), "全文的最后一句") {
		t.Error("the page of an item goes round the cap")
	}
	if w := o.get("/items/"+article(1).ID, "cap/k1"); !strings.Contains(w.Body.String(), "全文的最后一句") {
		t.Error("an item that has its place does not keep it")
	}
	o.now = noon.Add(12 * time.Hour)
	if n := full(); n != 4 {
		t.Errorf("%d items on the second day", n)
	}
}

func TestOnTheRecord(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1), story("hill", 1))
	w := o.get("/feeds/top.rss", "zj/k1")
	tag := w.Header().Get("ETag")
	if again := o.get("/feeds/top.rss", "zj/k1", "If-None-Match", tag); again.Code != 304 || again.Header().Get("Reprint-Receipt") != "" {
		t.Errorf("unchanged: %d %v", again.Code, again.Header())
	}
	if head := o.ask("HEAD", "/feeds/top.rss", "zj/k1", nil); head.Code != 200 || head.Header().Get("Reprint-Receipt") != "" {
		t.Errorf("HEAD: %d %v", head.Code, head.Header())
	}
	_ = o.get("/feeds/top.rss", "")
	pulls := o.pulls(t)
	if len(pulls) != 1 {
		t.Fatalf("%d pulls on the record, want the one with content", len(pulls))
	}
	p := pulls[0].Pulled
	if p.Partner != "zj" || p.Token != "k1" || p.Path != "/feeds/top.rss" || p.Items != 2 || p.Licensed != 1 || !pulls[0].At.Equal(noon) {
		t.Errorf("%+v", p)
	}
	if fmt.Sprintf("%s-%d", o.ledger.ID(), pulls[0].N) != w.Header().Get("Reprint-Receipt") {
		t.Errorf("receipt %q for entry %d", w.Header().Get("Reprint-Receipt"), pulls[0].N)
	}
	held, err := o.store.Held(t.Context(), "zj", []string{article(1).ID, story("hill", 1).ID})
	if err != nil || len(held) != 2 || held[article(1).ID].Form != int(syndicate.Full) || held[article(1).ID].Pictures != 1 {
		t.Errorf("held: %+v, %v", held, err)
	}
}

// failing is a ledger that cannot write.
type failing struct {
	*ledger.Ledger
	err error
}

func (f *failing) Append(ctx context.Context, entries ...ledger.Entry) (int64, error) {
	if f.err != nil {
		return 0, f.err
	}
	return f.Ledger.Append(ctx, entries...)
}

// TestFullDisk: no content leaves that is not on the record, readers notice nothing, and it
// recovers.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1))
	l := &failing{Ledger: o.ledger, err: fmt.Errorf("%w: %w", ledger.ErrFull, syscall.ENOSPC)}
	o.serve(t, l)
	for _, path := range []string{"/feeds/top.rss", "/items/" + article(1).ID} {
		l.err = fmt.Errorf("%w: %w", ledger.ErrFull, syscall.ENOSPC)
		w := o.get(path, "zj/k1")
		if w.Code != 507 || strings.Contains(w.Body.String(), "水塔") || !strings.Contains(w.Body.String(), "disk of the server is full") || w.Header().Get("Retry-After") == "" {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
		if w := o.get(path, ""); w.Code != 200 {
			t.Errorf("%s for the public: %d", path, w.Code)
		}
		l.err = ledger.ErrFailed
		if w := o.get(path, "zj/k1"); w.Code != 503 || strings.Contains(w.Body.String(), "水塔") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
		l.err = nil
		if w := o.get(path, "zj/k1"); w.Code != 200 {
			t.Errorf("%s after that: %d", path, w.Code)
		}
	}
	o.serve(t, nil)
	if w := o.get("/feeds/top.rss", "zj/k1"); w.Code != 503 {
		t.Errorf("without a ledger: %d", w.Code)
	}
}
