package serve

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"reprint/cache"
	"reprint/syndicate/ledger"
)

// TestWhatIsLogged: the log says why where something of ours is broken, and nothing where the client did wrong or need
// only come again.
func TestWhatIsLogged(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		err    error
		status int
		logged bool
	}{
		{fmt.Errorf("append: %w: no such device", ledger.ErrFailed), 503, true},
		{fmt.Errorf("append: %w", ledger.ErrFull), 507, true},
		{fmt.Errorf("%w: connection refused", cache.ErrUnavailable), 503, true},
		{fmt.Errorf("claim 1: %w: no answer", errNotReached), 503, true},
		{fmt.Errorf("anything else"), 500, true},
		{errLease, 503, false},
		{errRestoring, 503, false},
		{errNotFound, 404, false},
		{errCredentials, 401, false},
		{badRequest("not so"), 400, false},
	} {
		s := bare(time.Now)
		var log bytes.Buffer
		s.log = slog.New(slog.NewTextHandler(&log, nil))
		w := httptest.NewRecorder()
		s.fail(w, httptest.NewRequest("GET", "/x", nil), tt.err)
		if logged := strings.Contains(log.String(), tt.err.Error()); w.Code != tt.status || logged != tt.logged {
			t.Errorf("%v: %d, and the log says %q", tt.err, w.Code, log.String())
		}
	}
}

// TestMessages: a person is told what is the matter, and that something is broken only where it is.
func TestMessages(t *testing.T) {
	t.Parallel()
	s, _ := newHanging(t)
	site := s.site.Load()
	for _, a := range answers {
		text := site.message(a.answer).Message
		if text == "" || text == site.words.Broken {
			t.Errorf("%v: a browser shows %q", a.err, text)
		}
	}
	if text := site.message(answerTo(fmt.Errorf("no idea"))).Message; text != site.words.Broken {
		t.Errorf("of what nobody expected a browser shows %q", text)
	}
	if text := site.message(answerTo(&tooMany{time.Minute, "slow"})).Message; text != site.words.TooMuch {
		t.Errorf("of too many requests a browser shows %q", text)
	}
}
