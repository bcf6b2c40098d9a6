package serve

import (
	"cmp"
	"slices"

	"reprint/syndicate"
)

// withdrawalsTold is how many of the last withdrawals the console shows.
const withdrawalsTold = 20

// lastWithdrawals are the entries that count and came last, the latest first, as far as this server has applied them.
func (s *Server) lastWithdrawals() []syndicate.Withdrawal {
	var list []syndicate.Withdrawal
	s.authority.read(func(set *syndicate.Withdrawals) {
		set.All(func(e syndicate.Withdrawal) bool { list = append(list, e); return true })
	})
	slices.SortFunc(list, func(a, b syndicate.Withdrawal) int { return cmp.Compare(b.Epoch, a.Epoch) })
	return list[:min(len(list), withdrawalsTold)]
}

// openOrders are those that are not carried out yet, oldest first.
func (s *Server) openOrders() []syndicate.Order {
	var list []syndicate.Order
	for _, order := range s.orders.waiting() {
		list = append(list, order.Order)
	}
	return list
}
