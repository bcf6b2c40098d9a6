package serve

import (
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"reprint/syndicate/claim"
)

// FuzzSaid: whatever is sent as a claim or an answer, it is refused, or what is kept of it is bounded, is text, and says nothing to
// a terminal, a letter or a page; and what was read is what the page shows for putting it right.
func FuzzSaid(f *testing.F) {
	f.Add(true, "name=Ada&email=ada%40example.org&places=https%3A%2F%2Fx.example%2F1%0D%0A&reasons=mine&faith=yes")
	f.Add(true, "action=answer&text=%1b%5b2J%E2%80%AEx&court=yes&faith=yes&name=%0aBcc%3a")
	f.Add(true, "reasons=%80&places=%FF%0A%C3")
	f.Add(false, `{"name":"Ada","email":"ada@example.org","places":["x"],"reasons":"\u202e","faith":true}`)
	f.Add(false, `{"places":null,"faith":1}`)
	f.Fuzz(func(t *testing.T, form bool, body string) {
		r := httptest.NewRequest(http.MethodPost, "/claims/new", strings.NewReader(body))
		r.Header.Set("Content-Type", map[bool]string{true: "application/x-www-form-urlencoded", false: "application/json"}[form])
		s, err := readSaid(httptest.NewRecorder(), r)
		if err != nil {
			return
		}
		kept := s.Clean()
		if !reflect.DeepEqual(kept, kept.Clean()) {
			t.Errorf("%+v is not clean", kept)
		}
		if len(kept.Problems()) == 0 {
			checkKept(t, claim.Claim{Number: 1, Filing: kept})
		}
		page, err := renderPage("claim_form", claimFormData{C: englishClaims, Groups: englishClaims.withProblems(englishClaims.filing(s), kept.Problems())})
		if err != nil || !utf8.Valid(page) {
			t.Errorf("%v: %q", err, page)
		}
	})
}

func checkKept(t *testing.T, c claim.Claim) {
	t.Helper()
	letter, err := claim.Receipt.Write(c, claim.House{})
	if c.Filing.Email == "" {
		letter, err = claim.Forward.Write(c, claim.House{})
	}
	if err != nil {
		t.Fatal(err)
	}
	if len([]rune(letter)) > claim.MostPlaces*claim.MostPlace*2+2*claim.MostReasons*2+10*claim.MostLine+5000 {
		t.Errorf("a letter of %d bytes", len(letter))
	}
	for _, r := range letter {
		if r < ' ' && r != '\n' || r >= 0x7F && r < 0xA0 || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 {
			t.Errorf("%q is in the letter", r)
		}
	}
	if lines := strings.Split(letter, "\n"); c.Filing.Email != "" && (!strings.HasPrefix(lines[0], "To: ") && !strings.HasPrefix(lines[0], "\u81F4") || !strings.HasPrefix(lines[1], "Subject: ") && !strings.HasPrefix(lines[1], "\u4E3B\u9898")) {
		t.Errorf("the head of the letter is %q", lines[:2])
	}
}
