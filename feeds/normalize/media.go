package normalize

import (
	"mime"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"reprint/feeds"
	"reprint/feeds/parse"
)

// media returns the files that stand outside the body. A file that the body shows is only
// there; what is said of it here goes to it. A small copy of a picture counts only where
// there is no other picture.
func (r *reading) media(e parse.Entry, base *url.URL, b body) []feeds.Picture {
	var files []*feeds.Picture
	shown := slices.Clone(b.pictures)
	for _, thumbnails := range []bool{false, true} {
		for _, m := range e.Media {
			if m.Thumbnail != thumbnails {
				continue
			}
			p := newMedium(m, base, plain(e.Title))
			if p == nil || thumbnails && hasImage(shown) {
				continue
			}
			if same := find(shown, p.URL); same != nil {
				if credit := creditOf(m); credit != "" {
					setCredit(same, credit)
				}
				merge(same, p)
				continue
			}
			if len(files) == maxMedia {
				r.lose("media beyond the first %d were left out", maxMedia)
				break
			}
			files = append(files, p)
			shown = append(shown, p)
		}
	}
	var media []feeds.Picture
	for _, p := range files {
		media = append(media, *p)
	}
	return media
}

// newMedium reads a file that goes with an entry; nil if it has no usable address.
func newMedium(m parse.Media, base *url.URL, title string) *feeds.Picture {
	address := resolve(base, m.URL)
	if address == "" {
		return nil
	}
	p := &feeds.Picture{
		URL:        address,
		Type:       mediaType(m.Type),
		Credit:     creditOf(m),
		Copyright:  shorten(plain(parse.Text{Value: m.Copyright}), maxStatement),
		License:    resolve(base, m.License),
		Restricted: m.Restricted,
		Width:      pixels(m.Width),
		Height:     pixels(m.Height),
	}
	p.Medium = medium(m, p.Type, address)
	p.Length, _ = strconv.ParseInt(strings.TrimSpace(m.Length), 10, 64)
	p.Length = max(p.Length, 0)
	p.Caption = plain(parse.Text{Value: m.Description})
	if p.Caption == "" {
		p.Caption = plain(parse.Text{Value: m.Title})
	}
	if p.Caption == title {
		p.Caption = "" // feeds put the title of the item here
	}
	text, credit := readCredit(p.Caption)
	if credit != "" && p.Credit == "" {
		p.Caption, p.Credit = text, shorten(credit, maxCredit)
	}
	p.Caption = shorten(p.Caption, maxCaption)
	return p
}

// creditOf joins the credits of a file.
func creditOf(m parse.Media) string {
	var credits []string
	for _, c := range m.Credits {
		if c = plain(parse.Text{Value: c}); c != "" {
			credits = append(credits, c)
		}
	}
	joint := ", "
	if hasHan(strings.Join(credits, "")) {
		joint = "、"
	}
	return shorten(strings.Join(credits, joint), maxCredit)
}

// mediaType returns a declared media type without parameters, or "".
func mediaType(declared string) string {
	t, _, err := mime.ParseMediaType(declared)
	if err != nil || !strings.Contains(t, "/") || len(t) > maxTag {
		return ""
	}
	return t
}

// mediumByEnd is what files are by the end of their names.
var mediumByEnd = map[string]string{
	".jpg": "image", ".jpeg": "image", ".png": "image", ".gif": "image", ".webp": "image", ".avif": "image", ".svg": "image",
	".mp3": "audio", ".m4a": "audio", ".ogg": "audio", ".oga": "audio", ".opus": "audio", ".wav": "audio", ".flac": "audio", ".aac": "audio",
	".mp4": "video", ".m4v": "video", ".mov": "video", ".webm": "video", ".mkv": "video", ".m3u8": "video", ".flv": "video", ".avi": "video",
}

// medium tells what kind of file it is: as declared, else by its media type, else by its name.
func medium(m parse.Media, mediaType, address string) string {
	declared := strings.ToLower(strings.TrimSpace(m.Medium))
	kind, _, _ := strings.Cut(mediaType, "/")
	for _, k := range []string{declared, kind} {
		switch k {
		case "image", "video", "audio", "document":
			return k
		}
	}
	if m.Thumbnail {
		return "image"
	}
	if u, err := url.Parse(address); err == nil && mediaType == "" {
		if k := mediumByEnd[strings.ToLower(path.Ext(u.Path))]; k != "" {
			return k
		}
	}
	return "document"
}

func hasImage(pictures []*feeds.Picture) bool {
	for _, p := range pictures {
		if p.Medium == "image" {
			return true
		}
	}
	return false
}

func find(pictures []*feeds.Picture, address string) *feeds.Picture {
	file := fileOf(address)
	for _, p := range pictures {
		if fileOf(p.URL) == file {
			return p
		}
	}
	return nil
}

// setCredit gives a picture the credit that its feed states, which goes before one that was
// read from a caption. That one stays in the caption: both were printed.
func setCredit(p *feeds.Picture, credit string) {
	if p.Credit != "" && feeds.Fold(p.Credit) != feeds.Fold(credit) {
		p.Caption = shorten(strings.TrimSpace(p.Caption+" "+p.Credit), maxCaption)
	}
	p.Credit = credit
}

// merge adds to a picture what another statement about the same file says. What restricts
// stays; what is known already stays.
func merge(p, other *feeds.Picture) {
	for _, f := range []struct{ to, from *string }{
		{&p.Type, &other.Type}, {&p.Caption, &other.Caption}, {&p.Credit, &other.Credit},
		{&p.Copyright, &other.Copyright}, {&p.License, &other.License},
	} {
		if *f.to == "" {
			*f.to = *f.from
		}
	}
	p.Restricted = p.Restricted || other.Restricted
	if p.Width == 0 && p.Height == 0 {
		p.Width, p.Height = other.Width, other.Height
	}
	p.Length = max(p.Length, other.Length)
}
