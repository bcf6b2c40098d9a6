package claim_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"reprint/syndicate/claim"
)

var noon = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

func filing() claim.Filing {
	return claim.Filing{Name: "Ada", Email: "ada@example.org", Places: []string{"https://news.example/items/a-1"}, Reasons: "It is mine.", Faith: true}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*claim.Filing)
		want   []claim.Problem
	}{
		"all that is required": {func(*claim.Filing) {}, nil},
		"nothing":              {func(f *claim.Filing) { *f = claim.Filing{} }, []claim.Problem{{"name", claim.Missing}, {"email", claim.Missing}, {"places", claim.Missing}, {"reasons", claim.Missing}, {"faith", claim.Missing}}},
		"spaces only":          {func(f *claim.Filing) { f.Name, f.Places = " \n", []string{" ", ""} }, []claim.Problem{{"name", claim.Missing}, {"places", claim.Missing}}},
		"no address":           {func(f *claim.Filing) { f.Email = "ada at example" }, []claim.Problem{{"email", claim.NoAddress}}},
		"too long":             {func(f *claim.Filing) { f.Phone = strings.Repeat("一", 301) }, []claim.Problem{{"phone", claim.TooLong}}},
		"just long enough":     {func(f *claim.Filing) { f.Phone = strings.Repeat("一", 300) }, nil},
		"too many places":      {func(f *claim.Filing) { f.Places = slices.Repeat(f.Places, 21) }, []claim.Problem{{"places", claim.TooMany}}},
	} {
		f := filing()
		tt.change(&f)
		if got := f.Trim().Problems(); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestMeets(t *testing.T) {
	t.Parallel()
	f := filing()
	check := func(want string) {
		t.Helper()
		if got := strings.Join(f.Meets(), " "); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	check("EU")
	f.Phone, f.Address, f.Work = "1", "Mill Lane", "The Mill"
	check("EU CN")
	f.Oath = true
	check("EU CN")
	f.Signature = "Ada"
	check("EU CN US")
}

// TestWith: whatever is tried in whatever order, a claim has one outcome at most, is answered once, and what is erased is gone.
func TestWith(t *testing.T) {
	t.Parallel()
	kinds := []claim.Kind{claim.Withheld, claim.Answered, claim.Upheld, claim.Rejected, claim.Retracted, claim.Erased}
	rapid.Check(t, func(r *rapid.T) {
		c := claim.Claim{Number: 7, Filing: filing(), At: noon, Due: noon.Add(time.Hour), Items: []string{"a-1"}}
		count := make(map[claim.Kind]int)
		for _, kind := range rapid.SliceOf(rapid.SampledFrom(kinds)).Draw(r, "events") {
			before := c
			next, err := c.With(claim.Event{At: noon, Kind: kind, By: "Bo", Text: "why"})
			if err != nil {
				if !reflect.DeepEqual(next, before) {
					r.Fatalf("a refused event changed the claim: %+v", next)
				}
				continue
			}
			count[kind]++
			c = next
			if !c.Supersedes(before) || before.Supersedes(c) {
				r.Fatalf("the later one does not supersede the earlier one")
			}
		}
		if count[claim.Upheld]+count[claim.Rejected]+count[claim.Retracted] > 1 || count[claim.Answered] > 1 || count[claim.Withheld] > 1 || count[claim.Erased] > 1 {
			r.Fatalf("%v", count)
		}
		_, over := c.Outcome()
		if over == c.IsOverdue(noon.Add(2*time.Hour)) || over && c.IsWithheld() {
			r.Fatalf("state %s", c.State())
		}
		if count[claim.Erased] == 1 && (c.Filing.Name != "" || c.Filing.Email != "" || c.Filing.Reasons != "") {
			r.Fatalf("erased: %+v", c.Filing)
		}
	})
}

func TestWithout(t *testing.T) {
	t.Parallel()
	c := claim.Claim{Number: 7, Filing: filing()}
	for kind, want := range map[claim.Kind]string{claim.Withheld: "names no item", claim.Erased: "is open", claim.Answered: "is empty"} {
		if _, err := c.With(claim.Event{Kind: kind}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

func TestLetters(t *testing.T) {
	t.Parallel()
	h := claim.House{Name: "The House", Email: "rights@house.example", Status: "https://house.example/claims/7/status", Answer: "https://house.example/claims/7/answer"}
	for _, language := range []string{"en", "zh-Hans", "fr"} {
		c := claim.Claim{Number: 7, Filing: filing(), At: noon, Due: noon.AddDate(0, 0, 30), Items: []string{"a-1"}}
		c.Filing.Language = language
		for _, l := range []claim.Letter{claim.Reply, claim.Result, "postcard"} {
			if text, err := l.Write(c, h); err == nil {
				t.Errorf("%s before there is anything to say: %s", l, text)
			}
		}
		for _, e := range []claim.Event{{Kind: claim.Withheld}, {Kind: claim.Answered, Text: "We have a contract.", At: noon}, {Kind: claim.Rejected, Text: "There is a contract.", By: "Bo"}} {
			var err error
			if c, err = c.With(e); err != nil {
				t.Fatal(err)
			}
		}
		for l, wants := range map[claim.Letter][]string{
			claim.Receipt: {"7", "ada@example.org", "2026-07-01", "2026-07-31", h.Status},
			claim.Forward: {"Ada", "It is mine.", "/items/a-1", h.Answer},
			claim.Reply:   {"We have a contract."},
			claim.Result:  {"There is a contract.", "Bo"},
		} {
			text, err := l.Write(c, h)
			if err != nil || strings.Contains(text, "%!") {
				t.Errorf("%s: %v\n%s", l, err, text)
			}
			for _, want := range append(wants, "The House", "rights@house.example") {
				if !strings.Contains(text, want) {
					t.Errorf("%s in %s does not say %q:\n%s", l, language, want, text)
				}
			}
			if l == claim.Forward && strings.Contains(text, h.Status) || l != claim.Forward && strings.Contains(text, h.Answer) {
				t.Errorf("%s tells the other one's secret", l)
			}
		}
	}
}
