package reprint

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestRulesAreKept: every rule of docs/rules.md is named by code that applies it and by at
// least one case, and no code or case names a rule that does not exist.
func TestRulesAreKept(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	rules := make(map[string]bool)
	for _, m := range regexp.MustCompile(`(?m)^### ([TR]\d+): `).FindAllStringSubmatch(string(text), -1) {
		if rules[m[1]] {
			t.Errorf("docs/rules.md has %s twice", m[1])
		}
		rules[m[1]] = true
	}
	if len(rules) < 20 {
		t.Fatalf("docs/rules.md has only %d rules: the test reads it wrong", len(rules))
	}
	inCode, inCases := mentioned(t), cases(t)
	for rule := range rules {
		if !inCode[rule] {
			t.Errorf("%s: no code mentions it", rule)
		}
		if !inCases[rule] {
			t.Errorf("%s: no case in testdata/cases is named after it", rule)
		}
	}
	for rule := range inCode {
		if !rules[rule] {
			t.Errorf("code mentions %s, which docs/rules.md does not have", rule)
		}
	}
	for rule := range inCases {
		if !rules[rule] {
			t.Errorf("a case is named after %s, which docs/rules.md does not have", rule)
		}
	}
}

var ruleName = regexp.MustCompile(`\b[TR][1-9]\d?\b`)

// mentioned returns the rules that Go code names, in comments or in strings.
func mentioned(t *testing.T) map[string]bool {
	found := make(map[string]bool)
	for file := range sources(t) {
		if !strings.HasPrefix(file, "syndicate/") && !strings.HasPrefix(file, "feeds/normalize/") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, rule := range ruleName.FindAllString(string(text), -1) {
			found[rule] = true
		}
	}
	return found
}

// cases returns the rules that case files are named after.
func cases(t *testing.T) map[string]bool {
	found := make(map[string]bool)
	files, err := filepath.Glob("testdata/cases/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if rule, _, ok := strings.Cut(filepath.Base(f), "-"); ok {
			found[rule] = true
		}
	}
	return found
}
