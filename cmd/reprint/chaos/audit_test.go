package chaos

import (
	"slices"

	"reprint/cache"
	"reprint/cache/redis"
)

// auditStore looks into the store: every story is there once, in the journal too, and every order was carried out once.
func (s *scene) auditStore() {
	t := s.t
	t.Helper()
	store := s.openStore()
	defer store.Close()
	changes, _, err := store.Journal(t.Context(), 0, 10_000, 0)
	if err != nil {
		t.Fatal(err)
	}
	s.auditItems(store)
	taken, withdrawn := make(map[string]int), make(map[string]int)
	for _, c := range changes {
		switch c.Kind {
		case cache.ChangePut, cache.ChangeRevise:
			taken[c.Item]++
		case cache.ChangeWithdraw, cache.ChangeReinstate:
			withdrawn[c.Item]++
		}
	}
	orders := make(map[string]int)
	for _, o := range s.orders {
		orders[o.story.id]++
	}
	for _, one := range s.p.stories {
		if taken[one.id] != 1 {
			t.Errorf("story %d is in the journal %d times", one.n, taken[one.id])
		}
		if got, want := withdrawn[one.id], orders[one.id]; got != want && !s.restored {
			t.Errorf("%d withdrawals of story %d are in the journal, %d were ordered", got, one.n, want)
		}
	}
}

func (s *scene) openStore() cache.Store {
	s.t.Helper()
	store, err := redis.Open(s.t.Context(), s.near.store, "")
	if err != nil {
		s.t.Fatal(err)
	}
	return store
}

// remindsStore waits until a store that has lost everything was told when its sources were polled.
func (s *scene) remindsStore() {
	s.t.Helper()
	store := s.openStore()
	defer store.Close()
	waitFor(s.t, "the store knows again when the sources were polled", wellWithin, func() bool {
		for n := range allSources {
			if poll, err := store.Poll(s.t.Context(), sourceID(n)); err != nil || poll.Last.IsZero() {
				return false
			}
		}
		return true
	})
}

// auditItems compares the items of the store with the stories.
func (s *scene) auditItems(store cache.Store) {
	t := s.t
	t.Helper()
	var sources, got, want []string
	for n := range allSources {
		sources = append(sources, sourceID(n))
	}
	items, err := store.Latest(t.Context(), sources, 10*sceneStories)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range items {
		got = append(got, i.ID)
	}
	for _, one := range s.p.stories {
		want = append(want, one.id)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the store holds %q, want %q", got, want)
	}
}
