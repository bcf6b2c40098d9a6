package serve

import "reprint/syndicate"

// recall takes up what this server remembers of withdrawals, and the orders that it has not carried
// out.
func (s *Server) recall() error {
	s.authority.set = syndicate.NewWithdrawals()
	if s.memory == nil {
		return nil
	}
	r, err := s.memory.Recall()
	if err != nil {
		return err
	}
	for _, e := range r.Entries {
		s.authority.set.Add(e)
	}
	s.authority.store, s.authority.tenure.id = r.Store, r.Store
	s.revoked.add(r.Revoked)
	s.secrets.remembered = r.Secrets
	s.claims.add(r.Claims...)
	s.authority.epoch.Store(s.authority.set.Epoch())
	for _, became := range r.Settled[max(0, len(r.Settled)-keptOrders):] {
		s.orders.note(settled{Settlement: became})
	}
	for _, order := range r.Orders {
		s.orders.open = append(s.orders.open, &open{Order: order})
	}
	s.copies.add(r.Copies...)
	for _, due := range r.Purges { // nobody knows any more which copies were withdrawn with it
		s.purges.add(purge{key: due.Key, epoch: due.Epoch, tags: []string{tagAll}, since: s.now()})
	}
	return nil
}
