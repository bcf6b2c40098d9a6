package serve_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"reprint/feeds"
	"reprint/syndicate"
	"reprint/syndicate/serve"
)

// TestSearchBeforeWithdrawing: the operator sees what a phrase or an address finds, in the whole store, and that it is
// withdrawn already; nothing happens by looking.
func TestSearchBeforeWithdrawing(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	var items []feeds.Item
	for n := range 1200 { // more than are read at once
		items = append(items, story("hill", n))
	}
	fillAtOnce(t, store, items...)
	old := longStory("weekly", 1190, 7)
	fill(t, store, old)
	m := join(t, "a", store, new(notebook))
	look := func(query string) (int, []struct {
		ID        string
		Withdrawn bool
	}) {
		t.Helper()
		w := httptest.NewRecorder()
		m.Admin().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/items?"+query, nil))
		var found []struct {
			ID        string
			Withdrawn bool
		}
		if w.Code == http.StatusOK {
			if err := json.Unmarshal(w.Body.Bytes(), &found); err != nil {
				t.Fatal(err)
			}
		}
		return w.Code, found
	}
	for range 2 {
		if code, found := look("phrase=keeper+53+of"); code != 200 || len(found) != 0 {
			t.Errorf("%d, %+v", code, found)
		}
		if code, found := look("phrase=TOWER+7&address=weekly.example/1190"); code != 200 || len(found) != 1 || found[0].ID != old.ID || found[0].Withdrawn {
			t.Errorf("%d, %+v", code, found)
		}
	}
	if status, _ := m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights"}`, old.ID)); status != 200 {
		t.Fatal(status)
	}
	if _, found := look("phrase=tower+7"); len(found) != 1 || !found[0].Withdrawn {
		t.Errorf("%+v", found)
	}
	for _, step := range []struct {
		order string
		want  bool
	}{
		{fmt.Sprintf(`{"targets":[%q],"reinstate":true}`, old.ID), false},
		{`{"targets":["source:weekly"],"cause":"rights"}`, true}, // down with others
		{`{"targets":["source:weekly"],"reinstate":true}`, false},
		{`{"targets":["origin:清河周刊网"],"cause":"rights"}`, true},
	} {
		if status, _ := m.order(t, step.order); status != 200 {
			t.Fatal(status)
		}
		if _, found := look("phrase=tower+7"); len(found) != 1 || found[0].Withdrawn != step.want {
			t.Errorf("after %s: %+v", step.order, found)
		}
	}
	for _, query := range []string{"", "phrase=+", "address=hill.example"} {
		if code, _ := look(query); code != http.StatusBadRequest {
			t.Errorf("%q: %d", query, code)
		}
	}
	found, err := serve.Find(t.Context(), store, []string{"hill"}, syndicate.Search{Address: "hill.example/119"}, noon)
	if err != nil || len(found) != 11 || found[0].ID != items[119].ID {
		t.Errorf("%d items, %v", len(found), err)
	}
}
