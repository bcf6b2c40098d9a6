package chaos

import (
	"testing"
	"time"
)

// lostReplies: every third reply of the store is lost, and the store has done what it was asked.
func lostReplies(t *testing.T, idle func()) {
	s, proxy := onProxy(t, idle)
	proxy.LoseEvery(3)
	s.publishLate()
	for range 3 {
		s.place(s.far, s.next(), false)
		s.place(s.near, s.next(), false)
		time.Sleep(time.Second)
	}
	if proxy.Lost() < 5 {
		t.Errorf("%d replies were lost", proxy.Lost())
	}
	proxy.Mend(t)
	s.end()
}

// slow: as long as an answer of the store comes within the lease, all goes on, only slower; else it is as good as none.
func slow(t *testing.T, idle func()) {
	s, proxy := onProxy(t, idle)
	proxy.Slow(200 * time.Millisecond)
	s.publishLate()
	s.serves(s.far)
	s.withdraw(s.far)
	s.withdraw(s.near)
	s.serves(s.far)
	proxy.Slow(leaseTime + time.Second)
	s.withholds(s.far)
	s.withdraw(s.near)
	s.queues(s.far)
	proxy.Mend(t)
	s.end()
}

// blackHole: connections are there, and nothing comes out of them.
func blackHole(t *testing.T, idle func()) {
	s, proxy := onProxy(t, idle)
	proxy.Swallow()
	s.cutOff()
	proxy.Mend(t)
	s.end()
}

// refused: nobody listens where the store was.
func refused(t *testing.T, idle func()) {
	s, proxy := onProxy(t, idle)
	proxy.Refuse()
	s.cutOff()
	proxy.Mend(t)
	s.end()
}

// cutOff looks at two servers of which one does not reach the store, and gives orders to both.
func (s *scene) cutOff() {
	s.t.Helper()
	s.publishLate()
	s.withholds(s.far)
	s.withdraw(s.near)
	s.queues(s.far)
	s.queues(s.far)
	s.serves(s.near)
	s.withdraw(s.near)
}
