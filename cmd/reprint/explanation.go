package main

import (
	"time"

	"reprint/feeds"
	"reprint/syndicate"
)

// explained is an explanation for machines.
type explained struct {
	Item       string                `json:"item"`
	Title      string                `json:"title"`
	Link       string                `json:"link"`
	Audience   string                `json:"audience"`
	At         time.Time             `json:"at"`
	Form       string                `json:"form"`
	Reason     syndicate.Reason      `json:"reason"`
	Sentence   string                `json:"sentence"`
	Origin     string                `json:"origin"`
	License    string                `json:"license"`
	Agreement  string                `json:"agreement,omitempty"`
	Until      *time.Time            `json:"until,omitempty"`
	Clauses    []explainedClause     `json:"clauses"`
	Pictures   []explainedPicture    `json:"pictures"`
	Withdrawal *syndicate.Withdrawal `json:"withdrawal,omitempty"`
	Original   string                `json:"original,omitempty"`
	Copies     []string              `json:"copies,omitempty"`
	Attributed string                `json:"attribution,omitempty"`
	Notices    []string              `json:"notices,omitempty"`
}

type explainedClause struct {
	Rule   string           `json:"rule"`
	Reason syndicate.Reason `json:"reason"`
	Fact   string           `json:"fact"`
}

type explainedPicture struct {
	URL     string           `json:"url"`
	Credit  string           `json:"credit"`
	Granted bool             `json:"granted"`
	Reason  syndicate.Reason `json:"reason"`
}

func explanation(i feeds.Item, story syndicate.Story, c syndicate.Cleared, d syndicate.Decision) explained {
	e := explained{
		Item: i.ID, Title: i.Title, Link: i.Link, Audience: audience(d), At: d.At, Form: d.Form.String(), Reason: d.Reason,
		Sentence: d.Reason.Sentence(), Origin: d.Origin.Name, License: d.License, Agreement: d.Agreement,
		Clauses: []explainedClause{}, Pictures: []explainedPicture{}, Attributed: c.Notice().Attribution.Text(),
	}
	for _, clause := range d.Clauses {
		e.Clauses = append(e.Clauses, explainedClause{clause.Rule, clause.Reason, clause.Fact})
	}
	for _, p := range d.Pictures {
		e.Pictures = append(e.Pictures, explainedPicture{p.URL, p.Credit, p.Granted, p.Reason})
	}
	if len(story.Copies) > 0 {
		e.Original = story.Original.ID
	}
	for _, other := range story.Copies {
		e.Copies = append(e.Copies, other.ID)
	}
	if !d.Until.IsZero() {
		e.Until = &d.Until
	}
	for _, l := range c.Notice().Foot() {
		e.Notices = append(e.Notices, l.Text())
	}
	return e
}
