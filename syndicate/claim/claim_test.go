package claim_test

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

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
		"an abused child":      {func(f *claim.Filing) { f.Name, f.Email, f.Child = "", "", true }, nil},
		"mail with a name":     {func(f *claim.Filing) { f.Email = "Ada <ada@example.org>" }, []claim.Problem{{"email", claim.NoAddress}}},
		"a long language":      {func(f *claim.Filing) { f.Language = strings.Repeat("x", 301) }, []claim.Problem{{"language", claim.TooLong}}},
		"spaces only":          {func(f *claim.Filing) { f.Name, f.Places = " \n", []string{" ", ""} }, []claim.Problem{{"name", claim.Missing}, {"places", claim.Missing}}},
		"no address":           {func(f *claim.Filing) { f.Email = "ada at example" }, []claim.Problem{{"email", claim.NoAddress}}},
		"too long":             {func(f *claim.Filing) { f.Phone = strings.Repeat("一", 301) }, []claim.Problem{{"phone", claim.TooLong}}},
		"just long enough":     {func(f *claim.Filing) { f.Phone = strings.Repeat("一", 300) }, nil},
		"long in Chinese": {func(f *claim.Filing) {
			f.Work, f.Reasons = strings.Repeat("一", 10_000), strings.Repeat("一", 10_000)
		}, nil},
		"too long in all": {func(f *claim.Filing) {
			f.Work, f.Places = strings.Repeat("一", 10_000), slices.Repeat([]string{strings.Repeat("一", 1000)}, 20)
		}, []claim.Problem{{"reasons", claim.TooLong}}},
		"too many places": {func(f *claim.Filing) { f.Places = slices.Repeat(f.Places, 21) }, []claim.Problem{{"places", claim.TooMany}}},
	} {
		f := filing()
		tt.change(&f)
		if got := f.Clean().Problems(); !reflect.DeepEqual(got, tt.want) {
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

// TestClean: a claim in a letter, on a terminal or on a page says what it says, and nothing about the lines around it.
func TestClean(t *testing.T) {
	t.Parallel()
	f := filing()
	f.Name, f.Email = "Ada\r\nBcc: all@example.org", " ada@example.org\n"
	f.Work, f.Reasons, f.Places = "A\u202Eb\x1b[2J", "\r\nOne.\r\n\r\nTwo.\u2028 Three. \x00", []string{"a\nb", "\u2066", "c"}
	want := filing()
	want.Name, want.Work, want.Reasons, want.Places = "Ada Bcc: all@example.org", "Ab[2J", "One.\n\nTwo.\nThree.", []string{"a b", "c"}
	if got := f.Clean(); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v\nwant %+v", got, want)
	}
	c := claim.Counter{Name: "Bo\nx", Email: "bo@example.org", Address: "\u202Ea", Faith: true}
	if got, want := c.Clean(), (claim.Counter{Name: "Bo x", Email: "bo@example.org", Address: "a", Faith: true}); got != want {
		t.Errorf("%+v", got)
	}
}

// TestCleanOnce: what is clean stays as it is, whatever was written.
func TestCleanOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		text := func(name string) string { return rapid.String().Draw(r, name) }
		f := claim.Filing{Name: text("name"), Email: text("email"), Work: text("work"), Reasons: text("reasons"), Places: rapid.SliceOf(rapid.String()).Draw(r, "places")}.Clean()
		if !reflect.DeepEqual(f, f.Clean()) {
			r.Fatalf("%+v, then %+v", f, f.Clean())
		}
		for _, line := range append([]string{f.Name, f.Email}, f.Places...) {
			if strings.ContainsAny(line, "\n\r\x00\x1b\u202E\u2028") || !utf8.ValidString(line) {
				r.Fatalf("%q", line)
			}
		}
	})
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	full := claim.Counter{Name: "Bo", Email: "bo@example.org", Phone: "1", Address: "Mill Lane", Faith: true, Oath: true, Court: true, Signature: "Bo"}
	for name, tt := range map[string]struct {
		change  func(*claim.Counter)
		reasons string
		want    []claim.Problem
		meets   string
	}{
		"whole":            {func(*claim.Counter) {}, "Ours.", nil, "EU CN US"},
		"no consent":       {func(c *claim.Counter) { c.Court = false }, "Ours.", nil, "EU CN"},
		"no phone":         {func(c *claim.Counter) { c.Phone = "" }, "Ours.", nil, "EU"},
		"nothing":          {func(c *claim.Counter) { *c = claim.Counter{} }, "", []claim.Problem{{"text", claim.Missing}, {"name", claim.Missing}, {"email", claim.Missing}, {"faith", claim.Missing}}, "EU"},
		"longer than kept": {func(*claim.Counter) {}, strings.Repeat("一", claim.MostReasons+1), []claim.Problem{{"text", claim.TooLong}}, "EU CN US"},
		"mail with a name": {func(c *claim.Counter) { c.Email = "Bo <bo@example.org>" }, "Ours.", []claim.Problem{{"email", claim.NoAddress}}, "EU CN US"},
	} {
		c := full
		tt.change(&c)
		if got := c.Clean().Problems(tt.reasons); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
		if got := strings.Join(c.Meets(), " "); got != tt.meets {
			t.Errorf("%s meets %q, want %q", name, got, tt.meets)
		}
	}
}

// TestDue: the house has the whole of its last day, as days go where it is.
func TestDue(t *testing.T) {
	t.Parallel()
	shanghai, ny := time.FixedZone("", 8*3600), time.FixedZone("", -5*3600)
	for _, tt := range []struct {
		zone *time.Location
		want string
	}{{nil, "2026-07-31T23:59:59Z"}, {shanghai, "2026-08-01T15:59:59Z"}, {ny, "2026-08-01T04:59:59Z"}} {
		due := claim.DueAfter(time.Date(2026, 7, 1, 20, 0, 0, 0, time.UTC), 30, tt.zone)
		if got := due.Format(time.RFC3339); got != tt.want {
			t.Errorf("%v: %s, want %s", tt.zone, got, tt.want)
		}
		c := claim.Claim{Due: due}
		if c.IsOverdue(due) || !c.IsOverdue(due.Add(time.Second)) {
			t.Errorf("%v: overdue at the wrong moment", tt.zone)
		}
	}
}

// TestWith: whatever is tried in whatever order, a claim has one outcome at most, is answered once, and what is erased is gone.
func TestWith(t *testing.T) {
	t.Parallel()
	kinds := []claim.Kind{claim.Withheld, claim.Answered, claim.Sent, claim.Upheld, claim.Rejected, claim.Retracted, claim.Erased}
	rapid.Check(t, func(r *rapid.T) {
		c := claim.Claim{Number: 7, Filing: filing(), At: noon, Due: noon.Add(time.Hour), Items: []string{"a-1"}}
		count := make(map[claim.Kind]int)
		for _, kind := range rapid.SliceOf(rapid.SampledFrom(kinds)).Draw(r, "events") {
			before := c
			next, err := c.With(claim.Event{At: noon, Kind: kind, By: "Bo", Text: "why", Letter: claim.Forward, Counter: &claim.Counter{Name: "Bo"}})
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
		if over == c.IsOpen() || over == c.IsOverdue(noon.Add(2*time.Hour)) || over && c.IsWithheld() {
			r.Fatalf("state %s", c.State())
		}
		answer, _ := c.Answer()
		if count[claim.Erased] == 1 && (c.Filing.Name != "" || c.Filing.Email != "" || c.Filing.Reasons != "" || c.Filing.Work != "" || answer.Counter != nil || answer.Text != "") {
			r.Fatalf("erased: %+v", c)
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

var house = claim.House{
	Name: "The House", Email: "rights@house.example", URL: "https://house.example", Status: "https://house.example/claims/7/status", Answer: "https://house.example/claims/7/answer",
	Zone: time.FixedZone("", 8*3600),
}

// lived is a claim that was signed, withheld by rule, answered and decided.
func lived(t *testing.T, language string, outcome claim.Kind) claim.Claim {
	t.Helper()
	f := filing()
	f.Phone, f.Address, f.Work, f.Oath, f.Signature, f.Behalf, f.Language = "1", "Mill Lane", "The Mill,\na poem", true, "Ada L.", "The Mill Press", language
	c := claim.Claim{Number: 7, Key: "k", Filing: f, At: noon, Due: claim.DueAfter(noon, 30, house.Zone), Items: []string{"a-1"}}
	counter := &claim.Counter{Name: "Bo", Email: "bo@example.org", Phone: "2", Address: "Hill Lane", Faith: true, Oath: true, Court: true, Signature: "Bo B."}
	for _, e := range []claim.Event{
		{At: noon, Kind: claim.Withheld, By: claim.ByRule}, {At: noon, Kind: claim.Answered, By: claim.ByAnswerer, Text: "We have\na contract.", Counter: counter},
		{At: noon.Add(24 * time.Hour), Kind: outcome, Text: "There is a contract.", By: "Lin Qing"},
	} {
		var err error
		if c, err = c.With(e); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// TestLetters holds every letter against what it looked like when somebody read it.
func TestLetters(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"en", "zh"} {
		var all strings.Builder
		for _, outcome := range claim.Outcomes {
			c := lived(t, language, outcome)
			for _, l := range claim.Letters {
				if outcome != claim.Upheld && l != claim.Result && l != claim.Statement {
					continue
				}
				text, err := l.Write(c, house)
				if err != nil {
					t.Fatal(err)
				}
				fmt.Fprintf(&all, "-- %s %s --\n%s", outcome, l, text)
			}
		}
		path := "testdata/letters." + language + ".txt"
		if *update {
			if err := os.WriteFile(path, []byte(all.String()), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(path); err != nil || all.String() != string(want) {
			t.Errorf("%s: %v; go test -update writes it:\n%s", path, err, all.String())
		}
	}
}

var update = flag.Bool("update", false, "write the letters")

// TestLettersSay: each says what the rules of some country want it to say, in both languages, and nobody's secret to the other.
func TestLettersSay(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"en", "zh-Hans", "fr", ""} {
		c := lived(t, language, claim.Rejected)
		for l, wants := range map[claim.Letter][]string{
			claim.Receipt:   {"7", "ada@example.org", "2026-07-01", "2026-07-31", house.Status, "The Mill", "https://house.example/items/a-1"},
			claim.Forward:   {"Ada (The Mill Press)", "It is mine.", "/items/a-1", "Ada L.", "2026-07-31", house.Answer},
			claim.Reply:     {"  We have\n  a contract.", "  Bo\n", "bo@example.org", "Hill Lane", "Bo B.", "2026-07-31"},
			claim.Result:    {"There is a contract.", "Lin Qing", "ada@example.org"},
			claim.Statement: {"There is a contract.", "Lin Qing", "2026-07-01"},
		} {
			text, err := l.Write(c, house)
			if err != nil || strings.Contains(text, "<no value>") || strings.Contains(text, "\n\n\n") {
				t.Errorf("%s: %v\n%s", l, err, text)
			}
			for _, want := range append(wants, "The House", "rights@house.example") {
				if !strings.Contains(text, want) {
					t.Errorf("%s in %q does not say %q:\n%s", l, language, want, text)
				}
			}
			toClaimant := l == claim.Receipt || l == claim.Reply || l == claim.Result
			if !toClaimant && (strings.Contains(text, house.Status) || strings.Contains(text, "ada@") || strings.Contains(text, "Mill Lane")) || toClaimant && strings.Contains(text, house.Answer) {
				t.Errorf("%s tells what is not for its reader:\n%s", l, text)
			}
		}
	}
}

// TestNoLetter: there is none before there is anything to say, or once nobody knows to whom.
func TestNoLetter(t *testing.T) {
	t.Parallel()
	open := claim.Claim{Number: 7, Filing: filing(), At: noon, Due: noon, Items: []string{"a-1"}}
	unnamed := open
	unnamed.Filing.Name, unnamed.Filing.Email = "", ""
	erased, err := lived(t, "en", claim.Upheld).With(claim.Event{Kind: claim.Erased})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		c      claim.Claim
		letter claim.Letter
		want   string
	}{
		{open, claim.Reply, "was not answered"}, {open, claim.Result, "is not decided"}, {open, claim.Statement, "is not decided"},
		{open, "postcard", "no letter; there are receipt, forward, reply, result and statement"}, {open, "../receipt", "no letter"},
		{unnamed, claim.Receipt, "without a name"}, {erased, claim.Result, "was erased"},
	} {
		if text, err := tt.letter.Write(tt.c, house); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v\n%s", tt.letter, err, text)
		}
		if _, err := tt.c.With(claim.Event{Kind: claim.Sent, Letter: tt.letter}); err == nil {
			t.Errorf("%s was sent", tt.letter)
		}
	}
	if text, err := claim.Forward.Write(unnamed, house); err != nil || !strings.Contains(text, "Somebody claims") {
		t.Errorf("%v\n%s", err, text)
	}
}

// TestErasedMeetsTheSame: which rules a claim met is not forgotten with who filed it.
func TestErasedMeetsTheSame(t *testing.T) {
	t.Parallel()
	c := lived(t, "en", claim.Upheld)
	erased, err := c.With(claim.Event{Kind: claim.Erased})
	if err != nil || !slices.Equal(erased.Meets(), c.Meets()) || len(c.Meets()) < 2 {
		t.Errorf("%v met %q, and erased %q", err, c.Meets(), erased.Meets())
	}
}
