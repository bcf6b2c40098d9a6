package serve_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestConsoleTellsOfWithdrawals: the operator sees which servers there are, what was withdrawn last and why.
func TestConsoleTellsOfWithdrawals(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	item := story("weekly", 1)
	fill(t, store, item)
	m := join(t, "server-a", store, new(notebook))
	if status, ack := m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights","note":"letter <17>"}`, item.ID)); status != 200 {
		t.Fatal(status, ack)
	}
	page := m.operator("/console").Body.String()
	for _, want := range []string{"<b>server-a</b>", "item:" + item.ID, "<td>rights</td>", "letter &lt;17&gt;"} {
		if !strings.Contains(page, want) {
			t.Errorf("the console lacks %q:\n%s", want, page)
		}
	}
}
