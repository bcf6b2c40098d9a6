package serve

import (
	"context"
	"net/http"
	"testing"

	"reprint/cache"
	"reprint/syndicate"
)

// RouteOf is a route of the public listener, for tests.
type RouteOf struct{ Method, Pattern, Audience string }

// Routes lists the routes of the public listener.
func (s *Server) Routes(t testing.TB) []RouteOf {
	t.Helper()
	routes, err := s.publicRoutes(s.site.Load())
	if err != nil {
		t.Fatal(err)
	}
	names := map[audience]string{undeclared: "undeclared", everybody: "everybody", anyone: "anyone", partners: "partners", linked: "linked", archived: "archived", hubs: "hubs", claimants: "claimants", operator: "operator"}
	var list []RouteOf
	for _, r := range routes {
		if r.method == "" {
			r.method = http.MethodGet
		}
		list = append(list, RouteOf{r.method, r.pattern, names[r.audience]})
	}
	return list
}

// MoveCursor moves a partner's cursor to another position of the journal.
func MoveCursor(t testing.TB, secret []byte, partner, encoded string, seq int64) string {
	t.Helper()
	c, err := decodeCursor(secret, partner, encoded)
	if err != nil {
		t.Fatal(err)
	}
	c.Seq = seq
	return c.encode(secret, partner)
}

// Heed makes the server apply what was withdrawn of an item.
func (s *Server) Heed(t testing.TB, item string) error {
	t.Helper()
	return s.heed(t.Context(), []cache.Change{{Kind: cache.ChangeWithdraw, Item: item, Source: "weekly"}})
}

// AgreeOnClaims makes what this server remembers of claims and what the store has one.
func (s *Server) AgreeOnClaims(ctx context.Context) error { return s.agreeOnClaims(ctx) }

// Knows returns the epoch and the sum of what the server knows to be withdrawn.
func (s *Server) Knows() (epoch, sum int64) {
	s.authority.read(func(set *syndicate.Withdrawals) { epoch, sum = set.Epoch(), set.Sum() })
	return epoch, sum
}

// Renew makes a new edition of a channel, as after a change of it.
func (s *Server) Renew(ctx context.Context, channel string) error {
	t := s.site.Load()
	return s.renew(ctx, t, t.channel(channel))
}
