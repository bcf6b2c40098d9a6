package chaos

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"reprint/syndicate"
)

// patrolRest is how long somebody who asks for one document after the other rests in between.
const patrolRest = 60 * time.Millisecond

// answerTime is how long an answer may take, whatever happens: a store that is silent is given up, and an edition that is being
// made.
const answerTime = 20 * time.Second

// standingEvery is after how many documents a partner asks how all items stand.
const standingEvery = 10

// ofPartners are addresses that only partners may ask for.
var ofPartners = []string{"/partner/changes", "/partner/must-remove"}

// documents are the addresses of a server that carry items, for the public or for the partner.
func (s *scene) documents(asPartner bool) []string {
	list := append([]string(nil), paths...)
	for _, one := range s.p.stories {
		list = append(list, "/items/"+one.id)
	}
	if asPartner {
		list = append(list, ofPartners...)
	}
	return list
}

// patrol asks both servers for everything, as the public and as the partner, again and again until the scene is left, and holds
// each answer against the rule. Every second time it is asked whether a copy is still good.
func (s *scene) patrol() {
	ctx, stop := context.WithCancel(context.Background())
	var all sync.WaitGroup
	for _, server := range s.servers {
		for _, asPartner := range []bool{false, true} {
			all.Go(func() { s.round(ctx, "http://"+server.public, asPartner) })
		}
	}
	s.leave = func() {
		stop()
		all.Wait()
	}
	s.t.Cleanup(s.leave)
}

func (s *scene) round(ctx context.Context, base string, asPartner bool) {
	r := newReader(s.house, s.p, s.book, 0)
	r.client.Timeout = answerTime
	defer r.client.CloseIdleConnections()
	list := s.documents(asPartner)
	for n := 0; ctx.Err() == nil; n++ {
		r.get(context.Background(), base+list[n%len(list)], asPartner, n/len(list)%2 == 1)
		if asPartner && n%standingEvery == 0 {
			s.askStanding(base)
		}
		time.Sleep(patrolRest)
	}
}

// askStanding asks as the partner what it may show of all stories: none that is gone.
func (s *scene) askStanding(base string) {
	var question struct {
		Items []string `json:"items"`
	}
	numbers := make(map[string]int)
	for _, one := range s.p.stories {
		question.Items = append(question.Items, one.id)
		numbers[one.id] = one.n
	}
	body, _ := json.Marshal(question)
	request, err := http.NewRequest(http.MethodPost, base+"/partner/status", bytes.NewReader(body))
	if err != nil {
		panic(err) // the addresses are ours
	}
	request.Header.Set("Authorization", "Bearer "+s.token)
	asked := s.book.now()
	a := send(request)
	var found struct {
		Items []struct{ Item, Form string }
	}
	if a.status != http.StatusOK || json.Unmarshal(a.body, &found) != nil {
		return
	}
	var granted []int
	for _, i := range found.Items {
		if i.Form != syndicate.Withheld.String() {
			granted = append(granted, numbers[i.Item])
		}
	}
	s.book.check(asked, granted, base+"/partner/status")
}

// answer is what a server says of an address.
type answer struct {
	status     int
	retryAfter string
	body       []byte
}

// ask asks once, as the public or as the partner.
func (s *scene) ask(address string, asPartner bool) answer {
	s.t.Helper()
	request, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	if asPartner {
		request.Header.Set("Authorization", "Bearer "+s.token)
	}
	return send(request)
}
