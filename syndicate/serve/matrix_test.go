package serve_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"reprint/syndicate/serve"
)

// TestMatrix asks for every registered route as every principal. What each may get follows
// from the audience that the route declares, so that a route that is added is tested with the rest.
func TestMatrix(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1), story("hill", 1))
	o.secrets["wrong"] = "rp_wrong"
	routes := o.Routes(t)
	seen := make(map[string]int)
	for _, r := range routes {
		seen[r.Audience]++
	}
	for _, principal := range []string{"", "zj/k1", "zj/rss", "zj/weekly", "zj/api", "zj/old", "bare/k1", "wrong"} {
		for i, r := range routes {
			if i%15 == 0 {
				o.serve(t, o.ledger) // nobody has failed too often yet
			}
			w := o.askRoute(r, principal)
			if want := wanted(r, principal); !slices.Contains(want, w.Code) {
				t.Errorf("%s %s as %q: %d, want one of %v: %.200s", r.Method, r.Pattern, principal, w.Code, want, w.Body)
			}
			mine := strings.HasPrefix(w.Header().Get("Cache-Control"), "private") || w.Header().Get("Cache-Control") == "no-store"
			if shared := r.Audience == "everybody" || r.Audience == "anyone" && principal == ""; w.Code == 200 && mine == shared && !strings.HasSuffix(r.Pattern, "z") {
				t.Errorf("%s as %q: %s", r.Pattern, principal, w.Header().Get("Cache-Control"))
			}
			if shared := r.Audience != "everybody" && r.Audience != "claimants"; w.Code == 200 && shared != strings.Contains(w.Header().Get("Vary"), "Authorization") && !strings.HasSuffix(r.Pattern, "z") {
				t.Errorf("%s as %q: Vary %q", r.Pattern, principal, w.Header().Get("Vary"))
			}
		}
	}
	for audience, least := range map[string]int{"everybody": 8, "anyone": 13, "partners": 5, "linked": 1, "archived": 1, "claimants": 4} {
		if seen[audience] < least {
			t.Errorf("%d routes for %s, want %d: is the table complete?", seen[audience], audience, least)
		}
	}
}

func (o *office) askRoute(r serve.RouteOf, principal string) *httptest.ResponseRecorder {
	path := strings.NewReplacer("{$}", "", "{id}", article(1).ID, "{n}", "0", "{partner}", "zj", "{sign}", "x", "{document}", map[bool]string{true: "2026-03-10.rss", false: "top.rss"}[r.Audience == "archived"], "{channel}", "top").Replace(r.Pattern)
	return o.ask(r.Method, path, principal, strings.NewReader(`{"items":["x"]}`))
}

// wanted is what a principal may get of a route: by its audience, and by what the token is
// good for.
func wanted(r serve.RouteOf, principal string) []int {
	refused := map[string]int{"zj/old": 401, "wrong": 401}
	switch r.Audience {
	case "everybody":
		return []int{200, 503} // readyz, before the journal was read
	case "linked":
		return []int{404}
	case "claimants": // who they are is of no interest
		switch {
		case strings.Contains(r.Pattern, "{token}"):
			return []int{404}
		case r.Method == http.MethodPost:
			return []int{415}
		}
		return []int{200}
	case "anyone":
		switch {
		case refused[principal] != 0:
			return []int{401}
		case principal == "zj/rss" && !strings.HasSuffix(r.Pattern, ".rss"), principal == "zj/api",
			principal == "zj/weekly" && !strings.HasPrefix(r.Pattern, "/feeds/weekly") && r.Pattern != "/items/{id}":
			return []int{403}
		}
		return []int{200}
	case "archived":
		switch {
		case principal == "" || refused[principal] != 0:
			return []int{401}
		case principal == "zj/api" || principal == "zj/weekly":
			return []int{403}
		}
		return []int{200}
	case "partners":
		switch {
		case principal == "" || refused[principal] != 0:
			return []int{401}
		case principal == "zj/rss" || principal == "zj/weekly":
			return []int{403}
		case strings.Contains(r.Pattern, "{n}"):
			return []int{404}
		}
		return []int{200}
	}
	return nil
}
