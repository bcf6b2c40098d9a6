package main

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"

	"reprint/cache"
	"reprint/feeds/ingest"
	"reprint/syndicate"
)

// TestDoctorOnServers: doctor tells of each server its version, its epoch, how many sources it polls and when it was heard, warns of those
// whose lease is out, and names the sources that nobody polls, as long as there is a server that should.
func TestDoctorOnServers(t *testing.T) {
	t.Parallel()
	store := openSQLite(t)
	sources := []ingest.Source{{ID: "weekly"}, {ID: "hill"}, {ID: "inner"}}
	for n := range 2 {
		if _, err := store.Withdraw(t.Context(), string(rune('a'+n)), syndicate.Withdrawal{Target: "source:hill", Cause: syndicate.Rights, At: time.Now()}); err != nil {
			t.Fatal(err)
		}
	}
	beat := func(b cache.Beat) {
		t.Helper()
		if _, err := store.Beat(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	claim := func(sources ...string) {
		t.Helper()
		roll, err := store.Enroll(t.Context(), "here", time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := store.Claim(t.Context(), "here", roll.Session, sources, nil); err != nil {
			t.Fatal(err)
		}
	}
	look := func(want ...string) {
		t.Helper()
		var b bytes.Buffer
		printFindings(&b, checkServers(t.Context(), store, sources))
		lines := strings.Split(strings.TrimSpace(b.String()), "\n")
		if len(lines) != len(want) {
			t.Fatalf("%d lines, want %d:\n%s", len(lines), len(want), b.String())
		}
		for n, line := range lines {
			if !regexp.MustCompile("^" + want[n] + "$").MatchString(strings.TrimSpace(line)) {
				t.Errorf("%q, want %q", line, want[n])
			}
		}
	}
	beat(cache.Beat{Server: "gone", Applied: 1, Lease: 20 * time.Millisecond, Version: "v1"})
	time.Sleep(60 * time.Millisecond)
	gone := []string{`warn +server gone +version v1, epoch 1, 0 sources, heard (\d{2,3}ms|\d[.\d]*s) ago`, `-> it has died or cannot reach the store, .*`}
	look(append([]string{`ok +servers +1 on this store, which is at epoch 2`}, gone...)...) // and nobody need poll

	beat(cache.Beat{Server: "here", Applied: 2, Lease: time.Hour, Version: "v2"})
	claim("weekly", "inner")
	two := append([]string{`ok +servers +2 on this store, which is at epoch 2`}, gone...)
	two = append(two, `ok +server here +version v2, epoch 2, 2 sources, heard \S+ ago`)
	look(append(two, `warn +polling +nobody polls hill`, `-> look again in some seconds; .*`)...)

	claim("hill")
	two[3] = `ok +server here +version v2, epoch 2, 3 sources, heard \S+ ago`
	look(append(two, `ok +polling +every source is polled by one server`)...)
}
