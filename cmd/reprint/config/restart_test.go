package config_test

import (
	"slices"
	"strings"
	"testing"

	"reprint/cmd/reprint/config"
)

// TestAtStartOnly: each key that a running process does not take over is named, and none that it does.
func TestAtStartOnly(t *testing.T) {
	t.Parallel()
	const base = "site:\n  name: Hill\n  url: https://hill.example\n  contact: {email: a@hill.example}\n  unknown_origin: cc\n" +
		"licenses:\n  - {id: cc, name: {en: CC BY}, spdx: CC-BY-4.0, public: {text: full}}\n"
	parse := func(text string) *config.Config {
		t.Helper()
		c, err := config.Parse("reprint.yaml", []byte(text))
		if err != nil {
			t.Fatalf("%s\n%v", text, err)
		}
		return c
	}
	one := parse(base)
	for line, want := range map[string]string{
		"": "", "channels:\n  - {id: top, title: Top}\n": "",
		"listen: 127.0.0.1:9000\n": "listen", "admin_listen: 127.0.0.1:9001\n": "admin_listen", "admin_hosts: [desk.hill.example]\n": "admin_hosts", "store: sqlite:other.db\n": "store", "data: other\n": "data",
		"lease: 5s\n": "lease", "drain: 5s\n": "drain", "fetch: {allow: [127.0.0.0/8]}\n": "fetch.allow",
	} {
		if got := one.AtStartOnly(parse(base + line)); !slices.Equal(got, strings.Fields(want)) {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
	if got := one.AtStartOnly(parse(strings.Replace(base, "Hill", "Vale", 1))); len(got) > 0 {
		t.Errorf("another name: %q", got)
	}
	if got := one.AtStartOnly(parse(strings.Replace(base, "https://hill.example", "https://vale.example", 1))); len(got) != 2 {
		t.Errorf("another address: %q", got)
	}
}
