package chaos

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"time"

	"reprint/syndicate/ledger"
	"reprint/syndicate/serve"
)

// order is what one server was asked to withdraw, or to put back.
type order struct {
	key    string
	story  story
	back   bool
	by     *server
	status int // of the answer
	ack    serve.Acknowledgment
	over   bool // it was said to be everywhere
}

// withdraw has a story withdrawn by way of a server, and waits until that is everywhere.
func (s *scene) withdraw(by *server) story {
	s.t.Helper()
	o := s.place(by, s.next(), false)
	s.everywhere(o)
	return o.story
}

// putBack has a story put back, and waits until that is everywhere.
func (s *scene) putBack(by *server, one story) {
	s.t.Helper()
	s.book.gone[one.n].Store(0)
	s.everywhere(s.place(by, one, true))
}

// next is the next story that was not withdrawn yet.
func (s *scene) next() story {
	one := s.stories[0]
	s.stories = s.stories[1:]
	return one
}

// place gives an order once and notes the answer.
func (s *scene) place(by *server, one story, back bool) *order {
	s.t.Helper()
	s.given++
	o := &order{key: fmt.Sprintf("order-%d", s.given), story: one, back: back, by: by}
	body, _ := json.Marshal(map[string]any{"targets": []string{one.id}, "cause": "rights", "key": o.key, "reinstate": back})
	request, err := http.NewRequest(http.MethodPost, "http://"+by.admin+"/api/withdrawals", bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	s.orders = append(s.orders, o)
	s.heard(o, send(request))
	return o
}

// heard notes what was said of an order. From the moment on at which it is everywhere, the story is gone.
func (s *scene) heard(o *order, a answer) {
	s.t.Helper()
	o.status = a.status
	if a.status != http.StatusOK && a.status != http.StatusAccepted {
		return
	}
	o.ack = serve.Acknowledgment{}
	if err := json.Unmarshal(a.body, &o.ack); err != nil {
		s.t.Errorf("an order: %v in %q", err, a.body)
	}
	if o.ack.IsOver() != (a.status == http.StatusOK) {
		s.t.Errorf("an order is answered with %d at the level %s", a.status, o.ack.Level)
	}
	if o.ack.IsOver() && !o.over {
		o.over = true
		if !o.back {
			s.book.gone[o.story.n].Store(s.book.now())
		}
	}
}

// everywhere waits until an order is everywhere.
func (s *scene) everywhere(o *order) {
	s.t.Helper()
	waitFor(s.t, "an order by server "+o.by.name+" is everywhere", wellWithin, func() bool {
		if !o.over {
			s.heard(o, s.ask("http://"+o.by.admin+"/api/orders/"+o.key, false))
		}
		return o.over
	})
}

// queues gives an order to a server that does not reach the store, which has it on its own disk then and no more.
func (s *scene) queues(by *server) {
	s.t.Helper()
	if o := s.place(by, s.next(), false); o.status != http.StatusAccepted || o.ack.Level != serve.LevelJournaled {
		s.t.Errorf("server %s does not reach the store and answers an order with %d at the level %q", by.name, o.status, o.ack.Level)
	}
}

// refuses gives an order to a server that cannot write, and says so.
func (s *scene) refuses(by *server) {
	s.t.Helper()
	o := s.place(by, s.next(), false)
	if o.status != http.StatusServiceUnavailable && o.status != http.StatusInsufficientStorage {
		s.t.Errorf("server %s cannot write and answers an order with %d at the level %q", by.name, o.status, o.ack.Level)
	}
	s.orders = s.orders[:len(s.orders)-1] // it is as if it had never been given
}

// settleOrders waits until all orders are everywhere.
func (s *scene) settleOrders() {
	s.t.Helper()
	begun := time.Now()
	for _, o := range s.orders {
		s.everywhere(o)
	}
	if took := time.Since(begun); took > wellWithin {
		s.t.Errorf("the orders are everywhere after %v", took)
	}
}

// auditOrders looks into the ledgers of servers that have ended: each order was given once, and carried out once, by the
// server that was asked.
func (s *scene) auditOrders() {
	s.t.Helper()
	type fate struct{ ordered, settled int }
	fates := make(map[string]fate)
	for _, server := range s.servers {
		if err := ledger.Read(filepath.Join(server.dir, "ledger"), func(e ledger.Entry, _ []byte) error {
			if e.Ordered != nil {
				f := fates[e.Ordered.Key]
				f.ordered++
				fates[e.Ordered.Key] = f
			}
			if e.Settled != nil && e.Settled.Problem == "" {
				f := fates[e.Settled.Key]
				f.settled++
				fates[e.Settled.Key] = f
			}
			return nil
		}); err != nil {
			s.t.Error(err)
		}
	}
	for _, o := range s.orders {
		if fates[o.key] != (fate{1, 1}) {
			s.t.Errorf("%s by server %s: %+v in the ledgers", o.key, o.by.name, fates[o.key])
		}
	}
	if len(fates) != len(s.orders) {
		s.t.Errorf("%d orders in the ledgers, %d were given: %v", len(fates), len(s.orders), fates)
	}
}
