package serve

import (
	"net/http"
	"strings"

	"reprint/syndicate"
	"reprint/syndicate/access"
)

// linkPattern is the address of a feed for readers that can send no credentials. Its second
// part is the credential.
const linkPattern = "/p/{partner}/{sign}/{document}"

// LinkSecret is the name of the secret that reader links are signed with.
const LinkSecret = "reader-links"

// linked answers on a reader link, with one format of one channel as its agreement grants it.
// What is wrong with a link is not told: who has none learns nothing.
func (s *Server) linked(t *site) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, format, _ := strings.Cut(r.PathValue("document"), ".")
		kind, ok := kindOf(format)
		c := t.channel(id)
		if !ok || c == nil {
			s.fail(w, r, s.refuse(r, "", errNotFound))
			return
		}
		p, err := s.followed(w, r, t, access.Link{Partner: r.PathValue("partner"), Channel: id, Format: access.Format(format)})
		if err != nil {
			s.fail(w, r, err)
			return
		}
		if err := s.again(r, func() error { return s.answerEdition(w, r, t, c.of(p), kind, p) }); err != nil {
			s.fail(w, r, err)
		}
	})
}

// followed finds the agreement that a link is of.
func (s *Server) followed(w http.ResponseWriter, r *http.Request, t *site, link access.Link) (*principal, error) {
	partner, ok := t.rules.Partner(link.Partner)
	if !ok || partner.ID != link.Partner {
		return nil, s.refuse(r, "", errNotFound)
	}
	secret, err := s.secret(r.Context(), LinkSecret)
	if err != nil {
		return nil, err
	}
	links := access.NewLinks(secret)
	for _, a := range partner.Agreements {
		link.Name = a.ReaderLink
		if a.ReaderLink != "" && links.Check(link, r.PathValue("sign")) {
			return s.admit(w, r, t.seats[syndicate.LinkAudience(partner.ID, a.ID)], t, access.Token{Partner: partner.ID, ID: a.ReaderLink})
		}
	}
	return nil, s.refuse(r, partner.ID, errNotFound)
}

// kindOf finds the document of a format's name.
func kindOf(format string) (documentKind, bool) {
	for kind, end := range documentEnd {
		if end != "" && end == "."+format {
			return documentKind(kind), true
		}
	}
	return 0, false
}
