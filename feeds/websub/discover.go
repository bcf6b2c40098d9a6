package websub

import (
	"net/http"
	"net/url"
	"strings"

	"reprint/feeds/fetch"
)

// Found is an answer in which a hub may be named.
type Found struct {
	URL    string      // where the answer came from
	Header http.Header // of the answer
	// Hubs and Self are what the document names, if it is a feed.
	Hubs []string
	Self string
}

// maxURL bounds the addresses of hubs and topics.
const maxURL = 2048

// Discover returns the hub to subscribe at and the topic to ask it for (section 4): as the
// header says, else as the document does. Of several hubs the first with https is taken,
// because only there a delivery can be signed. A document that does not say what it is
// called is what it was fetched as. Both results are empty where no hub is named. The links
// of HTML pages are not read, because a page is no source.
func Discover(f Found) (hub, topic string) {
	links := fetch.Links(f.Header)
	hubs, selves := targets(links, "hub"), targets(links, "self")
	if len(hubs) == 0 {
		hubs = append(hubs, f.Hubs...)
	}
	base, err := url.Parse(f.URL)
	if err != nil {
		return "", ""
	}
	for _, h := range hubs {
		if absolute := resolve(base, h); absolute != "" && (hub == "" || !isSecure(hub) && isSecure(absolute)) {
			hub = absolute
		}
	}
	if hub == "" {
		return "", ""
	}
	for _, s := range append(selves, f.Self, f.URL) {
		if topic = resolve(base, s); topic != "" {
			return hub, topic
		}
	}
	return "", ""
}

func targets(links []fetch.Link, rel string) []string {
	var found []string
	for _, l := range links {
		if l.Is(rel) {
			found = append(found, l.Target)
		}
	}
	return found
}

func isSecure(address string) bool { return strings.HasPrefix(address, "https://") }

// resolve returns the absolute http or https address that reference means, empty if it is
// none that may be asked.
func resolve(base *url.URL, reference string) string {
	if reference == "" || len(reference) > maxURL {
		return ""
	}
	u, err := base.Parse(reference)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return ""
	}
	u.Fragment = ""
	return u.String()
}
