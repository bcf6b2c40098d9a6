package extract

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"reprint/feeds"
)

// What meta elements say, by their name in lower case. The three Chinese ones are those of
// the page standard of government sites, which many papers follow.
var (
	sourceNames = map[string]bool{"contentsource": true, "source": true, "article:source": true}
	authorNames = map[string]bool{"author": true, "article:author": true, "dc.creator": true, "dcterms.creator": true}
	editorNames = map[string]bool{"editor": true}
	rightsNames = map[string]bool{
		"copyright": true, "dc.rights": true, "dcterms.rights": true, "rights": true, "tdm-reservation": true, "tdm-policy": true, "robots": true,
	}
	licenseNames = map[string]bool{"dcterms.license": true, "dc.rights.license": true}
)

// maxMeta bounds what is kept of one kind.
const maxMeta = 10

// readHead reads the elements that speak of who made the page and on what terms.
func (p *Page) readHead(doc *html.Node, base *url.URL) {
	head := true
	for n := range doc.Descendants() {
		switch n.DataAtom {
		case atom.Body:
			head = false
		case atom.Meta:
			if head {
				p.readMeta(n)
			}
		case atom.Link, atom.A:
			p.readLicense(n, base, head)
		}
	}
}

func (p *Page) readMeta(n *html.Node) {
	name, content := strings.ToLower(attribute(n, "name")), attribute(n, "content")
	if name == "" {
		name = strings.ToLower(attribute(n, "property"))
	}
	switch {
	case content == "":
	case sourceNames[name]:
		p.Sources = addMeta(p.Sources, content)
	case authorNames[name] && !strings.Contains(content, "://"):
		p.Authors = addMeta(p.Authors, content)
	case editorNames[name]:
		p.Editors = addMeta(p.Editors, content)
	case licenseNames[name]:
		p.state(feeds.KindLicense, feeds.ScopeItem, content, "meta "+name)
	case rightsNames[name] && (name != "robots" || strings.Contains(strings.ToLower(content), "no")):
		p.state(feeds.KindNotice, feeds.ScopeItem, content, "meta "+name)
	}
}

func addMeta(all []string, value string) []string {
	if len(all) == maxMeta {
		return all
	}
	return append(all, value)
}

// readLicense reads rel=license. In the head it is about the page, which is the item; in the
// body it may be about the whole site, which binds no less and grants no more.
func (p *Page) readLicense(n *html.Node, base *url.URL, head bool) {
	if !hasToken(attribute(n, "rel"), "license") {
		return
	}
	target, err := base.Parse(attribute(n, "href"))
	if err != nil || attribute(n, "href") == "" {
		return
	}
	switch {
	case strings.EqualFold(attribute(n, "type"), "application/rsl+xml"):
		p.state(feeds.KindNotice, feeds.ScopeItem, target.String(), "link rel=license (RSL)")
	case head:
		p.state(feeds.KindLicense, feeds.ScopeItem, target.String(), "link rel=license of the page")
	default:
		p.state(feeds.KindLicense, feeds.ScopeFeed, target.String(), "a rel=license of the page")
	}
}

func hasToken(list, token string) bool {
	for _, t := range strings.Fields(list) {
		if strings.EqualFold(t, token) {
			return true
		}
	}
	return false
}

func (p *Page) state(kind feeds.Kind, scope feeds.Scope, value, where string) {
	if len(p.Rights) < 2*maxMeta {
		p.Rights = append(p.Rights, feeds.Statement{Kind: kind, Scope: scope, Value: value, Where: where})
	}
}
