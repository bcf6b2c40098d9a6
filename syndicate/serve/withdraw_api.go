package serve

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"reprint/syndicate"
)

// acknowledgeWithin is how long an answer waits until a withdrawal is everywhere.
const acknowledgeWithin = 5 * time.Second

// withdrawRequest is what the operator asks for.
type withdrawRequest struct {
	Targets []string `json:"targets"`
	// Key makes asking twice the same as asking once; without one every request is its own.
	Key         string          `json:"key"`
	Reinstate   bool            `json:"reinstate"`
	Cause       syndicate.Cause `json:"cause"`
	Note        string          `json:"note"`
	Authority   string          `json:"authority"`
	Replacement string          `json:"replacement"`
}

// withdrawAnswer is what became of it.
type withdrawAnswer struct {
	Acknowledgment
	Withdrawals []syndicate.Withdrawal `json:"withdrawals"`
}

// apiWithdraw withdraws, or puts back. It answers 200 once no server shows what was withdrawn,
// and 202 with an address to ask at before.
func (s *Server) apiWithdraw(w http.ResponseWriter, r *http.Request) {
	var q withdrawRequest
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&q); err != nil {
		s.fail(w, r, badRequest("send the targets, the cause and a note as JSON: "+err.Error()))
		return
	}
	list, err := s.withdraw(r.Context(), q)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	answer := withdrawAnswer{Withdrawals: list}
	ctx, cancel := context.WithTimeout(r.Context(), acknowledgeWithin)
	defer cancel()
	if err = s.beat(ctx); err == nil || ctx.Err() == nil { // this server need not wait for its next beat
		answer.Acknowledgment, err = Acknowledge(ctx, s.store, list[len(list)-1].Epoch)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.sendAcknowledgment(w, answer.Acknowledgment, answer)
}

func (s *Server) sendAcknowledgment(w http.ResponseWriter, a Acknowledgment, body any) {
	if a.Level != LevelEverywhere {
		w.Header()["Location"] = []string{"/api/withdrawals/" + strconv.FormatInt(a.Epoch, 10)}
		writeStatusJSON(w, http.StatusAccepted, body)
		return
	}
	writeJSON(w, body)
}

// withdraw adds the entries that are asked for.
func (s *Server) withdraw(ctx context.Context, q withdrawRequest) ([]syndicate.Withdrawal, error) {
	entries, err := Entries(ctx, s.store, s.site.Load().sources(), q.Targets, syndicate.Withdrawal{
		Reinstated: q.Reinstate, Cause: q.Cause, At: s.now().UTC(), Note: q.Note, Authority: q.Authority, Replacement: q.Replacement,
	})
	if err != nil {
		return nil, err
	}
	for i, e := range entries {
		key := q.Key
		if key == "" {
			key = NewKey()
		}
		if entries[i], err = s.store.Withdraw(ctx, key, e); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

// apiWithdrawals lists withdrawals by their epochs.
func (s *Server) apiWithdrawals(w http.ResponseWriter, r *http.Request) {
	after, _ := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64)
	list, err := s.store.Withdrawals(r.Context(), after, journalPage)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if list == nil {
		list = []syndicate.Withdrawal{}
	}
	writeJSON(w, list)
}

// apiAcknowledgment tells how far the withdrawals up to an epoch have got.
func (s *Server) apiAcknowledgment(w http.ResponseWriter, r *http.Request) {
	epoch, err := strconv.ParseInt(r.PathValue("epoch"), 10, 64)
	if err != nil {
		s.fail(w, r, errNotFound)
		return
	}
	a, err := acknowledged(r.Context(), s.store, epoch)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.sendAcknowledgment(w, a, a)
}
