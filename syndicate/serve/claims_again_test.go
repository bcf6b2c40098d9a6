package serve_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"reprint/cache"
	"reprint/syndicate/claim"
)

// TestCaughtUp: what was decided and did not reach its items does so by itself; what somebody at the house decided on them since stays.
func TestCaughtUp(t *testing.T) {
	t.Parallel()
	o := claimOffice(t)
	item := article(1).ID
	o.submit("/claims/new", filed(item, false))
	c, err := o.store.Complaint(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	agree := func(want int) {
		t.Helper()
		o.now = o.now.Add(time.Minute)
		if err := o.AgreeOnClaims(t.Context()); err != nil {
			t.Fatal(err)
		}
		if w := o.get("/items/"+item, ""); w.Code != want {
			t.Errorf("%s: the item answers %d, want %d", c.State(), w.Code, want)
		}
	}
	happened := func(kind claim.Kind) {
		t.Helper()
		if c, err = c.With(claim.Event{At: o.now, Kind: kind, By: "Bo", Text: "why", Order: "claim-1"}); err == nil {
			err = o.store.Revise(t.Context(), c) // and then the power went
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	happened(claim.Withheld)
	agree(410)
	o.order(t, fmt.Sprintf(`{"targets":[%q],"reinstate":true}`, item))
	agree(200)
	happened(claim.Upheld)
	agree(410)
	if code, body := o.decide(t, 1, "upheld", "why"); code != 200 {
		t.Errorf("%d %s", code, body)
	}
	o.order(t, fmt.Sprintf(`{"targets":[%q],"reinstate":true}`, item))
	agree(200)
}

// TestCaughtUpWithTheEnd: likewise what is to come back.
func TestCaughtUpWithTheEnd(t *testing.T) {
	t.Parallel()
	o := claimOffice(t)
	item := article(1).ID
	o.submit("/claims/new", filed(item, true))
	c, err := o.store.Complaint(t.Context(), 1)
	if err == nil {
		c, err = c.With(claim.Event{At: o.now, Kind: claim.Retracted, By: claim.ByClaimant, Order: "claim-1"})
	}
	if err == nil {
		err = o.store.Revise(t.Context(), c)
	}
	if err != nil {
		t.Fatal(err)
	}
	o.now = o.now.Add(time.Minute)
	if err := o.AgreeOnClaims(t.Context()); err != nil {
		t.Fatal(err)
	}
	if w := o.get("/items/"+item, ""); w.Code != 200 {
		t.Errorf("the item answers %d", w.Code)
	}
}

// hooked is a store that lets something happen after it has answered, once.
type hooked struct {
	cache.Store
	revised, listed func()
}

func (h *hooked) Revise(ctx context.Context, c claim.Claim) error {
	err := h.Store.Revise(ctx, c)
	once(&h.revised)
	return err
}

func (h *hooked) OpenComplaints(ctx context.Context) ([]claim.Claim, error) {
	list, err := h.Store.OpenComplaints(ctx)
	once(&h.listed)
	return list, err
}

func once(f *func()) {
	if do := *f; do != nil {
		*f = nil
		do()
	}
}

// TestNobodyWaits: a claimant who goes away does not keep what he said from its items.
func TestNobodyWaits(t *testing.T) {
	t.Parallel()
	o := claimOffice(t)
	status := o.submit("/claims/new", filed(article(1).ID, true)).Header().Get("Location")
	ctx, leave := context.WithCancel(t.Context())
	o.store = &hooked{Store: o.store, revised: leave}
	o.serve(t, o.ledger)
	r := httptest.NewRequest(http.MethodPost, status, strings.NewReader("action=retract")).WithContext(ctx)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	o.Public().ServeHTTP(httptest.NewRecorder(), r)
	if w := o.get("/items/"+article(1).ID, ""); w.Code != 200 || ctx.Err() == nil {
		t.Errorf("the item answers %d", w.Code)
	}
}
