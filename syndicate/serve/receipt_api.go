package serve

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"reprint/syndicate/ledger"
)

// apiReceipt answers with the proof of one of the partner's own pulls.
func (s *Server) apiReceipt(w http.ResponseWriter, r *http.Request, p *principal) error {
	id, number, ok := strings.Cut(r.PathValue("n"), "-")
	if !ok {
		id, number = s.ledger.ID(), id
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || len(id) != len(s.ledger.ID()) {
		return errNotFound
	}
	if id != s.ledger.ID() {
		return errElsewhere
	}
	receipt, err := s.ledger.Receipt(r.Context(), n)
	if errors.Is(err, ledger.ErrNoEntry) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	var e ledger.Entry
	if err := json.Unmarshal([]byte(receipt.Entry), &e); err != nil {
		return err
	}
	if e.Pulled == nil || e.Pulled.Partner != p.partner {
		return errNotFound
	}
	body, err := marshal(receipt)
	if err != nil {
		return err
	}
	writeBody(w, r, body)
	return nil
}

// errElsewhere tells that a receipt is of another server.
var errElsewhere = errors.New("this receipt is of the ledger of another server: ask again, or ask the publisher")
