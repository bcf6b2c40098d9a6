package serve_test

import (
	"encoding/json"
	"testing"
	"time"

	"reprint/cache"
)

// TestServersForTheOperator: the operator is told of each server what it says of itself, whether its lease runs, for how long it was not
// heard, and how many sources it polls.
func TestServersForTheOperator(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1))
	beat := func(b cache.Beat) {
		t.Helper()
		if _, err := o.store.Beat(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	beat(cache.Beat{Server: "gone", Applied: 4, Lease: 20 * time.Millisecond, Version: "v1", Address: "10.0.0.1:8081"})
	time.Sleep(60 * time.Millisecond)
	beat(cache.Beat{Server: "here", Applied: 7, Lease: time.Hour, Version: "v2"})
	roll, err := o.store.Enroll(t.Context(), "here", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.store.Claim(t.Context(), "here", roll.Session, []string{"weekly", "hill"}, nil); err != nil {
		t.Fatal(err)
	}
	m := &member{Server: o.Server}
	type told struct {
		Server, Age, Version, Address string
		Applied                       int64
		Leased                        bool
		Sources                       int
	}
	var got []told
	if err := json.Unmarshal(m.operator("/api/servers").Body.Bytes(), &got); err != nil || len(got) != 2 {
		t.Fatalf("%+v, %v", got, err)
	}
	ages := make([]time.Duration, len(got))
	for n := range got {
		if ages[n], err = time.ParseDuration(got[n].Age); err != nil {
			t.Error(err)
		}
		got[n].Age = ""
	}
	if ages[0] < 50*time.Millisecond || ages[0] < ages[1] || ages[0] > time.Minute {
		t.Errorf("ages %v", ages)
	}
	if want := (told{Server: "gone", Applied: 4, Version: "v1", Address: "10.0.0.1:8081"}); got[0] != want {
		t.Errorf("%+v, want %+v", got[0], want)
	}
	if want := (told{Server: "here", Applied: 7, Version: "v2", Leased: true, Sources: 2}); got[1] != want {
		t.Errorf("%+v, want %+v", got[1], want)
	}
}

// TestServersOfASilentStore: a list that nobody can make is an error, and no empty list.
func TestServersOfASilentStore(t *testing.T) {
	t.Parallel()
	m := join(t, "a", onSQLite(t), new(notebook))
	m.store.mute.Store(true)
	if w := m.operator("/api/servers"); w.Code != 503 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
