package serve

// modelState is a state of the model: everything that the rules look at.
type modelState struct {
	set    modelSet // the store's
	key    int8     // of the order that made the store's entry about the item, from 1; 0 where nobody knows
	fallen int8     // how the store fell back, as fall names it; 0 for not yet
	silent bool     // a moment has passed in which nobody was heard who knows what the store has lost
	banned bool     // the item must not be shown: a withdrawal was acknowledged, and no order to put back came after

	servers [2]modelServer
	orders  [3]modelOrder
}

// modelServer is a server, with what the store has heard of it.
type modelServer struct {
	set      modelSet // in memory and on its disk
	agreed   bool     // the store that is there is the one that the set is agreed with
	met      bool     // and was heard since it came up and since it fell back
	lease    int8     // ticks that the lease still runs
	wait     int8     // ticks until a lease may begin, down to -most: it has begun
	asking   int8     // 0, or 1 and the ticks since it asked the store, which has not heard it yet
	answered bool     // the store has heard it and has said that nothing is missing, which it has not heard yet
	applied  int8     // what the store has heard it say
	age      int8     // ticks since then, in the store's list; forgotten is out of it

	// What the channel holds, at the second server only: either may be the second.
	edition editionOf
	making  editionOf
	looked  bool // somebody asks who must not see the item, and the first look at the last moment was passed
}

// editionOf is what an edition shows, and under which version of the set that was decided.
type editionOf int8

const (
	without editionOf = iota // none, or one without the item
	current                  // with it, decided at the version of now
	behind                   // with it, at an earlier one: since then came nothing about it
	over                     // with it, at an earlier one: since then it was withdrawn
)

// modelOrder is one that is given at most once.
type modelOrder struct {
	state orderState
	at    int8 // the server that was asked
	epoch int8 // that the store gave it
	seen  int8 // the epoch that an order to put back has seen
	last  bool // it was given after all others
}

type orderState int8

const (
	unasked orderState = iota
	waiting            // on the disk of its server
	entered            // the store has taken it
	done               // and so has the set of its server
	looking            // no server is waited for
	ended              // acknowledged, or void
)

// most is how many ticks are told apart.
const most = 2

// forgotten is the age of a server that the store does not wait for, or does not know any more.
const forgotten = most + 1

// packed is a state in two words: what is common, and the servers.
type packed [2]uint64

func (s *modelState) pack() packed {
	s.forget()
	var common, servers fields
	common.put(int8(s.set), 6)
	common.put(s.key, 2)
	common.put(s.fallen, 2)
	common.flag(s.silent)
	common.flag(s.banned)
	for i := range s.orders {
		o := &s.orders[i]
		common.put(int8(o.state), 3)
		common.put(o.at, 1)
		common.put(o.epoch, 3)
		common.put(o.seen, 3)
		common.flag(o.last)
	}
	for i := range s.servers {
		m := &s.servers[i]
		servers.put(int8(m.set), 6)
		servers.flag(m.agreed)
		servers.flag(m.met)
		servers.put(m.lease, 3)
		servers.put(m.wait+most, 3)
		servers.put(m.asking, 2)
		servers.flag(m.answered)
		servers.put(m.applied, 3)
		servers.put(m.age, 2)
		servers.put(int8(m.edition), 2)
		servers.put(int8(m.making), 2)
		servers.flag(m.looked)
	}
	return packed{common.word, servers.word}
}

// forget what makes no difference any more.
func (s *modelState) forget() {
	for i := range s.servers {
		if m := &s.servers[i]; !m.met || m.wait <= min(1-m.asking, 0) {
			m.wait = -most // whatever it asked or will ask comes after
		}
	}
}

func (p packed) unpack() (s modelState) {
	common, servers := fields{word: p[0]}, fields{word: p[1]}
	s.set, s.key, s.fallen = modelSet(common.take(6)), common.take(2), common.take(2)
	s.silent, s.banned = common.take(1) == 1, common.take(1) == 1
	for i := range s.orders {
		s.orders[i] = modelOrder{state: orderState(common.take(3)), at: common.take(1), epoch: common.take(3), seen: common.take(3), last: common.take(1) == 1}
	}
	for i := range s.servers {
		s.servers[i] = modelServer{
			set: modelSet(servers.take(6)), agreed: servers.take(1) == 1, met: servers.take(1) == 1, lease: servers.take(3), wait: servers.take(3) - most,
			asking: servers.take(2), answered: servers.take(1) == 1, applied: servers.take(3), age: servers.take(2),
			edition: editionOf(servers.take(2)), making: editionOf(servers.take(2)), looked: servers.take(1) == 1,
		}
	}
	return s
}

// fields are numbers side by side in a word.
type fields struct {
	word uint64
	at   uint
}

func (b *fields) put(v int8, width uint) {
	b.word |= uint64(v) << b.at
	b.at += width
}

func (b *fields) flag(on bool) {
	if on {
		b.word |= 1 << b.at
	}
	b.at++
}

func (b *fields) take(width uint) int8 {
	v := int8(b.word >> b.at & (1<<width - 1))
	b.at += width
	return v
}
