package ingest

import (
	"net/http"
	"net/url"
	"strings"

	"reprint/feeds"
	"reprint/feeds/fetch"
)

// rightsHeaders are the headers of an answer that speak of rights, kept as evidence as they
// stand: text and data mining (TDMRep), automated use (AIPREF), and what robots may do.
var rightsHeaders = []string{"Tdm-Reservation", "Tdm-Policy", "Content-Usage", "X-Robots-Tag"}

// headerRights returns what the header of an answer says about rights. Links with the
// relation license count as in a document (RFC 8288); those of RSL are about automated use
// alone.
func headerRights(h http.Header, scope feeds.Scope) []feeds.Statement {
	var found []feeds.Statement
	for _, name := range rightsHeaders {
		if values := h.Values(name); len(values) > 0 {
			found = append(found, feeds.Statement{
				Kind: feeds.KindNotice, Scope: scope, Value: strings.Join(values, ", "), Where: "header " + strings.ToLower(name),
			})
		}
	}
	for _, l := range fetch.Links(h) {
		switch {
		case !l.Is("license"):
		case strings.EqualFold(l.Type, "application/rsl+xml"):
			found = append(found, feeds.Statement{Kind: feeds.KindNotice, Scope: scope, Value: l.Target, Where: "header link rel=license (RSL)"})
		default:
			found = append(found, feeds.Statement{Kind: feeds.KindLicense, Scope: scope, Value: l.Target, Where: "header link rel=license"})
		}
	}
	return found
}

// resolveAgainst makes the addresses of licenses absolute.
func resolveAgainst(base string, statements []feeds.Statement) []feeds.Statement {
	b, err := url.Parse(base)
	if err != nil {
		return statements
	}
	for i, s := range statements {
		if u, err := b.Parse(s.Value); err == nil && s.Kind == feeds.KindLicense {
			statements[i].Value = u.String()
		}
	}
	return statements
}
