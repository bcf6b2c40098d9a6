package parse

import (
	"encoding/xml"
	"slices"
	"strings"
)

// box is where elements of Media RSS can stand: a feed, an item, a media:group or a
// media:content. What a box does not say, the one around it says; the innermost wins
// (Media RSS 1.5.1, "optional elements").
type box struct {
	outer *box
	// file is the file of a media:content, media:thumbnail or enclosure; nil for boxes
	// that only hold others.
	file *Media

	title       string
	description string
	credits     []credit
	copyright   string
	license     string
	// restriction is nil where none is stated.
	restriction *bool
	// retraction is what media:status says where what it is about is gone.
	retraction *Retraction
}

type credit struct {
	role string
	name string
}

// inMedia reads an element of Media RSS that stands in a section or in another one.
func (w *walk) inMedia(f *frame, outer frame, e xml.StartElement) {
	f.about = outer.about
	around := outer.box
	if around == nil {
		around = &f.about.media
	}
	switch local := strings.ToLower(e.Name.Local); local {
	case "group":
		f.place, f.box = mediaItem, &box{outer: around}
	case "content":
		f.place, f.box = mediaItem, &box{outer: around, file: contentFile(e)}
		f.about.addFile(f.box)
	case "thumbnail":
		f.about.addFile(&box{outer: around, file: &Media{
			URL: attribute(e, "url"), Medium: "image", Thumbnail: true,
			Width: attribute(e, "width"), Height: attribute(e, "height"),
		}})
	default:
		around.describe(f, local, e)
	}
}

func contentFile(e xml.StartElement) *Media {
	return &Media{
		URL:    attribute(e, "url"),
		Type:   attribute(e, "type"),
		Medium: strings.ToLower(attribute(e, "medium")),
		Width:  attribute(e, "width"),
		Height: attribute(e, "height"),
		Length: attribute(e, "fileSize"),
	}
}

// describe reads an optional element of a box.
func (b *box) describe(f *frame, local string, e xml.StartElement) {
	switch local {
	case "title":
		f.read(func(text string) { b.title = text })
	case "description":
		f.read(func(text string) { b.description = text })
	case "credit":
		role := strings.ToLower(attribute(e, "role"))
		f.read(func(text string) {
			if text != "" && len(b.credits) < maxFacts {
				b.credits = append(b.credits, credit{role, text})
			}
		})
	case "copyright":
		f.read(func(text string) { b.copyright = wordsOrAddress(e, text) })
	case "license":
		f.read(func(text string) { b.license = addressOrWords(e, text) })
	case "status":
		b.readStatus(e)
	case "restriction":
		f.read(func(text string) { b.restrict(e, text) })
	}
}

// restrict reads media:restriction. Anything but "allow all" and "deny none" restricts; of
// several in one box, one that does is enough.
func (b *box) restrict(e xml.StartElement, text string) {
	said := strings.ToLower(attribute(e, "relationship") + " " + text)
	restricted := attribute(e, "type") != "" || said != "allow all" && said != "deny none"
	if b.restriction != nil {
		restricted = restricted || *b.restriction
	}
	b.restriction = &restricted
}

// addFile keeps a file of an entry.
func (f *found) addFile(b *box) {
	if len(f.files) >= maxFiles {
		f.losses++
		return
	}
	f.files = append(f.files, b)
}

// addEnclosure keeps an enclosure. One that a media:content describes too only adds what
// that leaves open.
func (f *found) addEnclosure(m Media) {
	for _, b := range f.files {
		if b.file.URL == m.URL && !b.file.Thumbnail {
			b.file.Type = firstOf(b.file.Type, m.Type)
			b.file.Length = firstOf(b.file.Length, m.Length)
			return
		}
	}
	f.addFile(&box{outer: &f.media, file: &m})
}

// mediaFiles returns the files of an entry, each with what the boxes around it say.
func (f *found) mediaFiles() []Media {
	var files []Media
	for _, b := range f.files {
		if b.file.URL == "" {
			continue
		}
		m := b.file
		for around := b; around != nil; around = around.outer {
			around.fill(m)
		}
		m.Restricted = b.restricted()
		m.Retraction = f.retractionOf(b)
		if m.License == "" && audible(*m) {
			m.License = f.soundLicense
		}
		files = append(files, *m)
	}
	return files
}

// fill adds what a box says to what was said nearer to the file.
func (b *box) fill(m *Media) {
	m.Title = firstOf(m.Title, b.title)
	m.Description = firstOf(m.Description, b.description)
	m.Copyright = firstOf(m.Copyright, b.copyright)
	m.License = firstOf(m.License, b.license)
	if len(m.Credits) == 0 {
		m.Credits = names(b.credits)
	}
}

// restricted tells what the nearest box that speaks of restrictions says.
func (b *box) restricted() bool {
	for ; b != nil; b = b.outer {
		if b.restriction != nil {
			return *b.restriction
		}
	}
	return false
}

// names returns the names of credits, photographers first.
func names(credits []credit) []string {
	var photographers, others []string
	for _, c := range credits {
		if strings.Contains(c.role, "photograph") {
			photographers = append(photographers, c.name)
		} else {
			others = append(others, c.name)
		}
	}
	return slices.Concat(photographers, others)
}

// audible tells whether a file is sound or video.
func audible(m Media) bool {
	kind, _, _ := strings.Cut(strings.ToLower(m.Type), "/")
	return m.Medium == "audio" || m.Medium == "video" || kind == "audio" || kind == "video"
}

// firstOf returns the first value that is not empty.
func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
