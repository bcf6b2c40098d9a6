package normalize

import (
	"net/url"
	"path"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"reprint/feeds"
)

// place puts the mark of a picture in the place of the element that shows it. An element
// without a usable address goes, and so do tracking pixels and the copy of a picture that
// is there for browsers without scripts.
func (t *tidier) place(n *html.Node) {
	p := t.picture(n)
	if p == nil || t.unshown && t.seen[fileOf(p.URL)] {
		remove(n)
		return
	}
	if len(t.pictures) == maxPictures {
		t.lost++
		remove(n)
		return
	}
	t.seen[fileOf(p.URL)] = true
	mark := element(atom.Img)
	t.pictures[mark] = p
	replace(n, mark)
}

// picture reads an img, picture, video or audio element; nil if there is nothing to show.
func (t *tidier) picture(n *html.Node) *feeds.Picture {
	switch n.DataAtom {
	case atom.Video, atom.Audio:
		return t.recording(n)
	case atom.Picture:
		return t.choice(n)
	}
	if isPixel(n) {
		return nil
	}
	return t.image(n, t.imageURL(n))
}

// image makes the picture of an img element that shows address.
func (t *tidier) image(n *html.Node, address string) *feeds.Picture {
	if address == "" {
		return nil
	}
	p := &feeds.Picture{
		URL:    address,
		Medium: "image",
		Alt:    shorten(feeds.OneLine(attr(n, "alt")), maxCaption),
		Width:  pixels(attr(n, "width")),
		Height: pixels(attr(n, "height")),
	}
	// The credit is looked for below the picture first; what its title says waits here.
	_, p.Credit = readCredit(feeds.OneLine(attr(n, "title")))
	return p
}

// choice reads a picture element: its img, else the best of its sources.
func (t *tidier) choice(n *html.Node) *feeds.Picture {
	var img *html.Node
	address := ""
	for d := range n.Descendants() {
		switch {
		case d.DataAtom == atom.Img && img == nil:
			img = d
		case d.DataAtom == atom.Source && address == "":
			address = t.bestOf(attr(d, "srcset"), attr(d, "data-srcset"))
		}
	}
	if img == nil {
		return t.image(n, address)
	}
	if isPixel(img) || hidden(img) {
		return nil
	}
	if own := t.imageURL(img); own != "" {
		address = own
	}
	return t.image(img, address)
}

// recording reads a video or audio element, which may hold its address in a source.
func (t *tidier) recording(n *html.Node) *feeds.Picture {
	address, kind := resolve(t.base, attr(n, "src")), ""
	for d := range n.Descendants() {
		if d.DataAtom == atom.Source && address == "" {
			address, kind = resolve(t.base, attr(d, "src")), feeds.OneLine(attr(d, "type"))
		}
	}
	if address == "" {
		return nil
	}
	return &feeds.Picture{URL: address, Medium: n.Data, Type: shorten(kind, maxTag)}
}

// lazy are the attributes in which scripts that load pictures late keep the true address.
var lazy = []string{"data-src", "data-original", "data-lazy-src", "data-original-src", "data-actualsrc", "data-echo"}

// imageURL returns the address that an img shows in the end: the one that a script would
// load, else its own, else the largest of its set.
func (t *tidier) imageURL(n *html.Node) string {
	for _, name := range lazy {
		if address := resolve(t.base, attr(n, name)); address != "" {
			return address
		}
	}
	if address := t.bestOf(attr(n, "data-srcset"), attr(n, "data-lazy-srcset")); address != "" {
		return address
	}
	if address := resolve(t.base, attr(n, "src")); address != "" {
		return address
	}
	return t.bestOf(attr(n, "srcset"))
}

// bestOf returns the largest candidate of the first set that has a usable one.
func (t *tidier) bestOf(sets ...string) string {
	for _, set := range sets {
		best, address := -1.0, ""
		for _, c := range candidates(set) {
			if a := resolve(t.base, c.address); a != "" && c.size > best {
				best, address = c.size, a
			}
		}
		if address != "" {
			return address
		}
	}
	return ""
}

// candidate is one picture of a srcset, with its width or its density.
type candidate struct {
	address string
	size    float64
}

// candidates reads a srcset attribute: addresses, each followed by "800w" or "2x", parted by
// commas. A comma within an address is part of it, as HTML has it.
func candidates(set string) []candidate {
	var all []candidate
	for set != "" {
		set = strings.TrimLeft(set, ", \t\n\f\r")
		address, rest, _ := cutSpace(set)
		bare := strings.TrimRight(address, ",")
		size := ""
		if bare == address {
			size, rest, _ = strings.Cut(rest, ",")
		}
		if bare != "" {
			all = append(all, candidate{bare, sizeOf(size)})
		}
		set = rest
	}
	return all
}

func cutSpace(s string) (before, after string, found bool) {
	at := strings.IndexAny(s, " \t\n\f\r")
	if at < 0 {
		return s, "", false
	}
	return s[:at], s[at+1:], true
}

// sizeOf reads a width or density descriptor; without one the density is 1.
func sizeOf(descriptor string) float64 {
	d := strings.TrimSpace(descriptor)
	if d == "" {
		return 1
	}
	n, err := strconv.ParseFloat(strings.TrimRight(d, "wxh"), 64)
	if err != nil {
		return 0
	}
	return n
}

// shrunk matches a style that makes an element a point.
var shrunk = compile(`(?i)(?:^|[;\s])(?:width|height)\s*:\s*[01](?:px)?\s*(?:;|!|$)`)

// isPixel tells whether an img is too small to be seen, and so only counts readers.
func isPixel(n *html.Node) bool {
	return tiny(attr(n, "width")) || tiny(attr(n, "height")) || shrunk.MatchString(attr(n, "style"))
}

func tiny(length string) bool {
	length = strings.TrimSuffix(strings.TrimSpace(length), "px")
	n, err := strconv.ParseFloat(length, 64)
	return err == nil && n <= 2
}

// pixels reads a length in pixels; 0 where it is none.
func pixels(length string) int {
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(length), "px"))
	if err != nil || n < 0 || n > 1<<20 {
		return 0
	}
	return n
}

// pictureFile matches the path of a file that is surely a picture, not a program that makes one.
var pictureFile = compile(`(?i)\.(?:jpe?g|png|gif|webp|avif)$`)

// sizing matches the parameters, with their values, that only ask for another size.
var sizing = compile(`^(?:w|h|width|height|resize|fit|dpr|quality|ssl)=[0-9]{1,5}(?:(?:,|%2C|x)[0-9]{1,5})?$`)

// fileOf returns what all addresses of one picture file have in common. Two addresses are one
// picture only where that is sure: equal but for http and https, or but for parameters that
// ask for another size of the same file.
func fileOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	query := u.RawQuery
	if pictureFile.MatchString(path.Base(u.Path)) && query != "" {
		var kept []string
		for _, parameter := range strings.Split(query, "&") {
			if !sizing.MatchString(parameter) {
				kept = append(kept, parameter)
			}
		}
		query = strings.Join(kept, "&")
	}
	return u.Host + u.EscapedPath() + "?" + query
}
