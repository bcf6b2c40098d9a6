package render

import (
	"strconv"

	"reprint/feeds"
)

// mediaContent is media:content of Media RSS 1.5.1, in the subset that validators accept.
type mediaContent struct {
	URL         string          `xml:"url,attr"`
	Type        string          `xml:"type,attr,omitempty"`
	Medium      string          `xml:"medium,attr,omitempty"`
	FileSize    string          `xml:"fileSize,attr,omitempty"`
	Width       string          `xml:"width,attr,omitempty"`
	Height      string          `xml:"height,attr,omitempty"`
	Description *mediaText      `xml:"media:description,omitempty"`
	Credit      *mediaCredit    `xml:"media:credit,omitempty"`
	Copyright   *mediaCopyright `xml:"media:copyright,omitempty"`
}

type mediaText struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

type mediaCredit struct {
	Role   string `xml:"role,attr,omitempty"`
	Scheme string `xml:"scheme,attr,omitempty"`
	Text   string `xml:",chardata"`
}

type mediaCopyright struct {
	URL  string `xml:"url,attr,omitempty"`
	Text string `xml:",chardata"`
}

// media describes every granted picture for machines.
func media(pictures []feeds.Picture) []mediaContent {
	var list []mediaContent
	for _, p := range pictures {
		m := mediaContent{URL: p.URL, Type: mediaType(p), Medium: p.Medium, FileSize: number(int(p.Length)), Width: number(p.Width), Height: number(p.Height)}
		if m.Medium == "" {
			m.Medium = "image"
		}
		if text := p.Caption; text != "" {
			m.Description = &mediaText{"plain", text}
		}
		if p.Credit != "" {
			m.Credit = &mediaCredit{Text: p.Credit}
			if m.Medium == "image" {
				m.Credit.Role, m.Credit.Scheme = "photographer", "urn:ebu"
			}
		}
		if p.Copyright != "" {
			m.Copyright = &mediaCopyright{Text: p.Copyright}
		}
		list = append(list, m)
	}
	return list
}

// number writes a positive number; what is not known is left out.
func number(n int) string {
	if n <= 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// rightsElements are our own extension: what has no standard place. Foreign markup is legal
// in RSS 2.0 items and in Atom entries.
type rightsElements struct {
	Decision   string          `xml:"rr:decision"`
	Reason     string          `xml:"rr:reason"`
	Item       string          `xml:"rr:item"`
	Disclaimer string          `xml:"rr:disclaimer,omitempty"`
	Seen       []rightsSeen    `xml:"rr:seen"`
	Pictures   *rightsPictures `xml:"rr:pictures,omitempty"`
}

// rightsSeen is another place where the story was found.
type rightsSeen struct {
	URL  string `xml:"url,attr,omitempty"`
	Name string `xml:",chardata"`
}

type rightsPictures struct {
	Granted  int `xml:"granted,attr"`
	Withheld int `xml:"withheld,attr"`
}

func (e entry) rightsElements() rightsElements {
	r := rightsElements{
		Decision: e.decision.Form.String(), Reason: string(e.decision.Reason), Item: e.item.ID, Disclaimer: e.notice.Disclaimer.Text(),
	}
	for _, s := range e.seen {
		r.Seen = append(r.Seen, rightsSeen{s.Link, s.Name})
	}
	if n := len(e.decision.Pictures); n > 0 {
		r.Pictures = &rightsPictures{len(e.pictures), n - len(e.pictures)}
	}
	return r
}

// terms are the Dublin Core terms of an entry, as simple elements.
type terms struct {
	License      string `xml:"dcterms:license"`
	RightsHolder string `xml:"dcterms:rightsHolder"`
	AccessRights string `xml:"dcterms:accessRights"`
	Valid        string `xml:"dcterms:valid,omitempty"`
	Provenance   string `xml:"dcterms:provenance"`
}

func (e entry) terms() terms {
	return terms{e.licenseURL(), e.decision.Origin.Name, e.accessRights(), e.valid(), e.provenance()}
}
