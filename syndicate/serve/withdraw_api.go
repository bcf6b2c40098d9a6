package serve

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
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
	Withdrawals []syndicate.Withdrawal `json:"withdrawals,omitempty"`
	About       []About                `json:"about,omitempty"`
}

// apiWithdraw withdraws, or puts back. It answers 200 once no server shows what was withdrawn,
// and 202 with an address to ask at before.
func (s *Server) apiWithdraw(w http.ResponseWriter, r *http.Request) {
	var q withdrawRequest
	if err := readJSON(w, r, 1<<20, "the targets, the cause and a note as JSON", &q); err != nil {
		s.fail(w, r, err)
		return
	}
	answer, err := s.withdraw(r.Context(), q)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.sendAcknowledgment(w, answer)
}

func (s *Server) sendAcknowledgment(w http.ResponseWriter, a withdrawAnswer) {
	if a.IsOver() {
		writeJSON(w, a)
		return
	}
	at := "/api/orders/" + url.PathEscape(a.Key)
	if a.Key == "" {
		at = "/api/withdrawals/" + strconv.FormatInt(a.Epoch, 10)
	}
	w.Header()["Location"] = []string{at}
	writeStatusJSON(w, http.StatusAccepted, a)
}

// withdraw adds the entries that are asked for, and waits until they are everywhere.
func (s *Server) withdraw(ctx context.Context, q withdrawRequest) (withdrawAnswer, error) {
	order := syndicate.Order{Key: q.Key, Targets: q.Targets, Model: syndicate.Withdrawal{
		Reinstated: q.Reinstate, Cause: q.Cause, At: s.now().UTC(), Note: q.Note, Authority: q.Authority, Replacement: q.Replacement,
	}}
	if order.Key == "" {
		order.Key = NewKey()
	}
	whole := ctx
	ctx, cancel := context.WithTimeout(ctx, acknowledgeWithin)
	defer cancel()
	if err := CheckGiven(order); err != nil {
		return withdrawAnswer{}, err
	}
	site := s.site.Load()
	names := Names{Store: s.store, Site: site.rules.House().Site.URL, Sources: site.sources()}
	var err error
	if order.Targets, err = names.Resolve(ctx, q.Targets); err != nil {
		return withdrawAnswer{}, err
	}
	became, err := s.place(ctx, order)
	if errors.Is(err, errQueued) {
		return withdrawAnswer{Acknowledgment: Acknowledgment{Key: order.Key, Level: LevelJournaled}}, nil
	}
	if err != nil {
		return withdrawAnswer{}, err
	}
	answer := s.acknowledge(ctx, became)
	if !q.Reinstate {
		counting, done := context.WithTimeout(whole, s.lease)
		defer done()
		answer.About, _ = names.Count(counting, site.rules, order.Targets, s.now()) // what was withdrawn is so, whether it can be counted or not
	}
	return answer, nil
}

// acknowledge waits until an order that was carried out is everywhere and the caches in front are
// purged, for as long as ctx allows. A store that does not tell of its servers changes nothing about what was done.
func (s *Server) acknowledge(ctx context.Context, became settled) withdrawAnswer {
	a, err := acknowledge(ctx, s.store, func() (Acknowledgment, error) { return s.acknowledgedOrder(ctx, became) })
	answer := s.answerAbout(became, a, err)
	for answer.Level == LevelEverywhere && !answer.IsOver() && ctx.Err() == nil {
		sleep(ctx, askEvery)
		answer.Purge = s.purges.state(became.Key)
	}
	return answer
}

// answerAbout tells what became of an order, and how far it is known to have got. An error is one of looking at the servers.
func (s *Server) answerAbout(became settled, a Acknowledgment, err error) withdrawAnswer {
	if err != nil {
		s.log.Warn("nobody knows yet how far an order has got", "order", became.Key, "error", err)
		a = Acknowledgment{Epoch: became.Epoch, Level: LevelStored, Waiting: []string{SilentStore}}
	}
	a.Key, a.Purge = became.Key, s.purges.state(became.Key)
	return withdrawAnswer{Acknowledgment: a, Withdrawals: became.entries}
}

// apiOrder tells what became of an order.
func (s *Server) apiOrder(w http.ResponseWriter, r *http.Request) {
	became, done, known := s.orders.find(r.PathValue("key"))
	switch {
	case !known:
		s.fail(w, r, errNotFound)
	case !done:
		s.sendAcknowledgment(w, withdrawAnswer{Acknowledgment: Acknowledgment{Key: r.PathValue("key"), Level: LevelJournaled}})
	case became.Problem != "":
		s.fail(w, r, badRequest(became.Problem))
	default:
		a, err := s.acknowledgedOrder(r.Context(), became)
		if err == nil && a.Level == LevelStored {
			a = a.withReplicas(r.Context(), s.store)
		}
		s.sendAcknowledgment(w, s.answerAbout(became, a, err))
	}
}

// apiWithdrawals lists withdrawals by their epochs.
func (s *Server) apiWithdrawals(w http.ResponseWriter, r *http.Request) {
	after, err := strconv.ParseInt(cmp.Or(r.URL.Query().Get("after"), "0"), 10, 64)
	if err != nil {
		s.fail(w, r, badRequest("after is the last epoch that you have; leave it out to begin"))
		return
	}
	list, err := s.store.Withdrawals(r.Context(), after, journalPage)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if list == nil {
		list = []syndicate.Withdrawal{}
	}
	writeJSON(w, plain(list))
}

// apiAcknowledgment tells how far the withdrawals up to an epoch have got.
func (s *Server) apiAcknowledgment(w http.ResponseWriter, r *http.Request) {
	epoch, err := strconv.ParseInt(r.PathValue("epoch"), 10, 64)
	if err != nil {
		s.fail(w, r, errNotFound)
		return
	}
	identity, err := s.store.Identity(r.Context())
	if err == nil && (epoch < 1 || epoch > max(identity.Epoch, s.authority.epoch.Load())) {
		err = errNotFound // nobody would ever confirm it
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	a, err := s.acknowledged(r.Context(), epoch)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if a.Level == LevelStored {
		a = a.withReplicas(r.Context(), s.store)
	}
	s.sendAcknowledgment(w, withdrawAnswer{Acknowledgment: a})
}

// plain leaves out of entries what only the search for copies reads.
func plain(entries []syndicate.Withdrawal) []syndicate.Withdrawal {
	list := slices.Clone(entries)
	for i := range list {
		list[i].Wording, list[i].Earlier = nil, nil
	}
	return list
}
