package serve

// applies entries that the set lacks.
func (w *walker) applies(s *modelState, i int, entries modelSet) {
	m := &s.servers[i]
	news := w.lacking[m.set][entries]
	m.set = w.with[m.set][entries]
	if news == 0 {
		return
	}
	isAbout := news.isDown()
	m.edition = afterEntries(m.edition, isAbout, w.has(drops))
	switch {
	case m.making == without:
	case isAbout:
		m.making = over
	case m.making == current:
		m.making = behind
	}
}

// afterEntries is what becomes of the current edition.
func afterEntries(e editionOf, isAbout, drops bool) editionOf {
	decided := int64(1)
	if e != current {
		decided = 0
	}
	_, stays := raised(decided, 1, isAbout)
	switch {
	case e == without || !stays && drops:
		return without
	case stays || !drops:
		return current
	}
	return over
}

// serves makes editions at the second server, and answers who asks for the item when it must not be shown: with one look at the
// lease and, after whatever happens in between, one at the version.
func (w *walker) serves(s modelState) {
	m := &s.servers[1]
	if w.may&slowEditions == 0 {
		w.violated = s.banned && !m.set.isDown() && w.isLeased(m)
		return
	}
	if m.making == without && !m.set.isDown() {
		n := s
		n.servers[1].making = current
		w.add(n)
	}
	if m.making != without {
		w.finishes(s)
	}
	lease := func() bool { return w.isLeased(m) }
	version := func() bool {
		decided := int64(1)
		if m.edition != current {
			decided = 0
		}
		return m.edition != without && (!w.has(lastMoment) || !isOutdated(decided, 1))
	}
	first, second := lease, version
	if !w.has(leaseFirst) {
		first, second = version, lease
	}
	if s.banned && !m.looked && m.edition != without && first() {
		m.looked = true
		w.add(s)
	} else if m.looked && second() {
		w.violated = true
	}
}

// isLeased tells whether a server may answer with items.
func (w *walker) isLeased(m *modelServer) bool {
	until := inTicks(m.lease).Add(-leaseMargin)
	return !w.has(leaseRuns) || isLeased(&until, modelNow)
}

// finishes an edition: what was added meanwhile is looked at, where it is still known.
func (w *walker) finishes(s modelState) {
	m := &s.servers[1]
	making := m.making
	m.making = without
	for _, forgot := range []bool{false, true} {
		decided, complete := int64(0), int64(0)
		if making == current {
			decided = 1
		}
		if forgot && making != current {
			complete = 1
		}
		m.edition = over
		if !w.has(keepsVersion) || !isOutdated(caughtUp(decided, complete, 1, making == over && !forgot), 1) {
			m.edition = current
		}
		w.add(s)
	}
}
