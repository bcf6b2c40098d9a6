package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"reprint/cache"
	"reprint/cmd/reprint/config"
	"reprint/feeds"
	"reprint/syndicate"
	"reprint/syndicate/serve"
)

type explainCmd struct {
	configFlag
	Item string `arg:"" help:"An item: its id, its permanent id, its link at the source, or its page here."`
	As   string `placeholder:"PARTNER" help:"Decide for this partner; the public where none is named."`
	At   string `placeholder:"TIME" help:"Decide for this moment (2026-12-31T12:00:00Z); now by default."`
	JSON bool   `help:"Print for machines."`
}

// Help is the long help.
func (explainCmd) Help() string {
	return "Examples:\n  reprint explain weekly-abcdefghijklmnopqrst\n  reprint explain --as zj-online https://news.example.org/1.html\n\n" +
		"Every line names the rule that applied; the rules are in docs/rules.md.\n\n" + exitHelp()
}

// Run explains one item.
func (c *explainCmd) Run(ctx context.Context, p *process) error {
	conf, err := c.load()
	if err != nil {
		return err
	}
	at, err := c.moment(p.now())
	if err != nil {
		return err
	}
	if _, ok := conf.Rules.Partner(c.As); c.As != "" && !ok {
		return usage("there is no partner %q in %s", c.As, c.Config)
	}
	store, err := openStore(ctx, conf.Store)
	if err != nil {
		return err
	}
	defer store.Close()
	item, err := find(ctx, store, conf, c.Item)
	if err != nil {
		return err
	}
	withdrawn, err := serve.AllEntries(ctx, store)
	if err != nil {
		return err
	}
	stories := func(items []feeds.Item) []syndicate.Story {
		return conf.Rules.Parted(conf.Rules.Stories(items), syndicate.Audience(c.As), withdrawn, at)
	}
	story, err := storyOf(ctx, store, conf, item, stories)
	if err != nil {
		return err
	}
	cleared, decision := conf.Rules.Decide(item, syndicate.Audience(c.As), withdrawn, at)
	if c.JSON {
		e := explanation(item, story, cleared, decision)
		e.Withdrawal = standing(item, withdrawn)
		return printJSON(p.stdout, e)
	}
	explain(p.stdout, item, story, cleared, decision)
	explainWithdrawal(p.stdout, item, withdrawn)
	return nil
}

// compared is how many of the newest items are looked through for copies of a story.
const compared = 1000

// storyOf finds the story that an item tells, among the newest items of all sources.
func storyOf(ctx context.Context, store cache.Store, conf *config.Config, item feeds.Item, stories func([]feeds.Item) []syndicate.Story) (syndicate.Story, error) {
	items, err := store.Latest(ctx, sourceIDs(conf), compared)
	if err != nil {
		return syndicate.Story{}, err
	}
	isItem := func(i feeds.Item) bool { return i.ID == item.ID }
	if !slices.ContainsFunc(items, isItem) {
		items = append(items, item)
	}
	for _, s := range stories(items) {
		if isItem(s.Original) || slices.ContainsFunc(s.Copies, isItem) {
			return s, nil
		}
	}
	return syndicate.Story{Original: item}, nil
}

func sourceIDs(conf *config.Config) []string {
	var ids []string
	for _, s := range conf.Sources {
		ids = append(ids, s.ID)
	}
	return ids
}

func (c *explainCmd) moment(now time.Time) (time.Time, error) {
	if c.At == "" {
		return now, nil
	}
	t, err := time.Parse(time.RFC3339, c.At)
	if err != nil {
		return t, usage("--at %q is no moment; write it as 2026-12-31T12:00:00Z", c.At)
	}
	return t, nil
}

// find finds an item by id, by the address of its page here, or by its link or permanent
// id among the newest items.
func find(ctx context.Context, store cache.Store, conf *config.Config, name string) (feeds.Item, error) {
	item, err := namesOf(store, conf).Find(ctx, name)
	if problem, ok := serve.Problem(err); ok {
		return item, &exitError{exitFailed, problem}
	}
	return item, err
}

func audience(d syndicate.Decision) string {
	if d.Audience == syndicate.Public {
		return "public"
	}
	return string(d.Audience)
}

// explain prints an explanation for people.
func explain(w io.Writer, i feeds.Item, story syndicate.Story, c syndicate.Cleared, d syndicate.Decision) {
	fmt.Fprintf(w, "%s\n%s\n%s\n\n", i.Title, i.ID, i.Link)
	fmt.Fprintf(w, "For %s at %s: %s\n", audience(d), d.At.Format("2006-01-02 15:04:05 -07:00"), verdict(d))
	fmt.Fprintf(w, "  %s\n", d.Reason.Sentence())
	if !d.Until.IsZero() {
		fmt.Fprintf(w, "  Time alone could change this on %s.\n", d.Until.In(d.At.Location()).Format("2006-01-02 15:04:05 -07:00"))
	}
	fmt.Fprint(w, "\nHow it came to that\n")
	for _, clause := range d.Clauses {
		fmt.Fprintf(w, "  %-4s %s\n       %s\n", clause.Rule, clause.Fact, clause.Reason.Sentence())
	}
	explainStory(w, i, story)
	if len(i.Rights) > 0 {
		fmt.Fprint(w, "\nWhat it says about rights\n")
		for _, s := range i.Rights {
			fmt.Fprintf(w, "  %-11s %s, in %s of the %s\n", s.Kind, feeds.Cut(s.Value, 70), s.Where, s.Scope)
		}
	}
	if len(d.Pictures) > 0 {
		fmt.Fprint(w, "\nPictures\n")
		for _, p := range d.Pictures {
			fmt.Fprintf(w, "  %-4s %s\n       credit %q: %s\n", map[bool]string{true: "yes", false: "no"}[p.Granted], p.URL, p.Credit, p.Reason.Sentence())
		}
	}
	if c.IsZero() {
		return
	}
	fmt.Fprint(w, "\nWhat is printed with it\n")
	fmt.Fprintf(w, "  %s\n", c.Notice().Attribution.Text())
	for _, l := range c.Notice().Foot() {
		fmt.Fprintf(w, "  %s\n", l.Text())
	}
}

// standing is the withdrawal that an item is under, by itself or with others; nil for none.
func standing(i feeds.Item, withdrawn *syndicate.Withdrawals) *syndicate.Withdrawal {
	w, stands := withdrawn.Of(i)
	if !stands {
		return nil
	}
	return &w
}

// explainWithdrawal tells what is on the record of the withdrawal that an item is under.
func explainWithdrawal(w io.Writer, i feeds.Item, withdrawn *syndicate.Withdrawals) {
	entry := standing(i, withdrawn)
	if entry == nil {
		return
	}
	fmt.Fprintf(w, "\nThe withdrawal\n  %s, %s, epoch %d\n", entry.Target, entry.Cause, entry.Epoch)
	if u := entry.Upstream; u != nil {
		fmt.Fprintf(w, "  by its own source, in %s", u.Where)
		if !u.When.IsZero() {
			fmt.Fprintf(w, ", from %s", u.When.Format(time.RFC3339))
		}
		fmt.Fprintln(w)
	}
	if entry.Note != "" {
		fmt.Fprintf(w, "  note: %s\n", entry.Note)
	}
}

// explainStory tells where else the story of an item stands (R39, R40).
func explainStory(w io.Writer, i feeds.Item, story syndicate.Story) {
	if len(story.Copies) == 0 {
		return
	}
	fmt.Fprint(w, "\nThe same story\n")
	if story.Original.ID != i.ID {
		fmt.Fprintf(w, "  R40  this is a copy; a channel that holds both shows the original\n")
	}
	for _, other := range append([]feeds.Item{story.Original}, story.Copies...) {
		role := "copy"
		if other.ID == story.Original.ID {
			role = "original"
		}
		fmt.Fprintf(w, "  %-8s %s  %s\n", role, other.ID, other.Link)
	}
}

// verdict names the form and what it rests on.
func verdict(d syndicate.Decision) string {
	s := d.Form.String()
	if d.License != "" {
		s += fmt.Sprintf(", license %s", d.License)
	}
	if d.Agreement != "" {
		s += fmt.Sprintf(", agreement %s", d.Agreement)
	}
	return s
}
