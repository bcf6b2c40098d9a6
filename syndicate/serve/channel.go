package serve

import (
	"context"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"reprint/syndicate"
	"reprint/syndicate/access"
	"reprint/syndicate/render"
)

// channel is a channel that is served, with its current edition.
type channel struct {
	syndicate.Channel
	sources []string // the sources whose items can be in it
	current atomic.Pointer[edition]
	last    atomic.Pointer[edition] // that was made, whatever became of it
	making  turn                    // of who makes an edition
	stale   atomic.Bool
	failed  atomic.Pointer[failure] // nil unless the last edition could not be made
	view    *view                   // whose it is; nil is the public's
	used    lastUse
}

func newChannel(rules *syndicate.Rulebook, c syndicate.Channel) *channel {
	return &channel{Channel: c, sources: rules.SourcesOf(c), making: newTurn()}
}

// failure is why an edition could not be made.
type failure struct {
	err error
	at  time.Time
}

// fails tells whether the last edition could not be made.
func (c *channel) fails() bool { return c.failed.Load() != nil }

// failedSince is why the edition could not be made that somebody else has tried to make since.
func (c *channel) failedSince(begun time.Time) error {
	if f := c.failed.Load(); f != nil && f.at.After(begun) {
		return f.err
	}
	return nil
}

// documentKind is one of the documents of an edition.
type documentKind int

const (
	rss documentKind = iota
	atom
	jsonFeed
	page
	documents = 4
)

// documentEnd is how the address of each document ends.
var documentEnd = [documents]string{".rss", ".atom", ".json", ""}

// formatOf is what a token must be good for to get each document.
var formatOf = [documents]access.Format{rss: access.RSS, atom: access.Atom, jsonFeed: access.JSON, page: access.Page}

// edition is a channel as it stands at one moment, in every format. It never changes.
type edition struct {
	documents [documents]*representation
	until     time.Time // from then on it must not be used; zero is never
	made      time.Time
	items     int
	dropped   []render.Dropped
	manifest  *manifest // what goes on the record; nil for the public's
	decided   decidable
	ids       []string        // of the items in it
	shows     map[string]bool // what a withdrawal can name of it, see shown
	tells     []syndicate.Wording
}

// isOver tells whether the edition may no longer be used.
func (e *edition) isOver(now time.Time) bool { return !e.until.IsZero() && !now.Before(e.until) }

// holds tells whether an item of the source can be in the channel.
func (c *channel) holds(source string) bool { return slices.Contains(c.sources, source) }

// makingTime bounds how long the making of an edition may take.
const makingTime = 10 * time.Second

// edition answers with one document of the channel's edition: the public's, or a partner's.
func (s *Server) edition(t *site, c *channel, kind documentKind) http.Handler {
	return s.forAnyone(t, c.ID, formatOf[kind], func(w http.ResponseWriter, r *http.Request, p *principal) error {
		return s.answerEdition(w, r, t, c.of(p), kind, p)
	})
}

// answerEdition answers with one document of the edition of a channel that p may see.
func (s *Server) answerEdition(w http.ResponseWriter, r *http.Request, t *site, c *channel, kind documentKind, p *principal) error {
	c.used.set(s.now())
	if err := s.ensureLease(r.Context()); err != nil {
		return err
	}
	e, err := s.editionOf(r.Context(), t, c)
	if err != nil {
		return err
	}
	return s.release(w, r, e.documents[kind], p, e.manifest)
}

// editionOf returns the current edition. If there is none, or its time is up, the caller
// makes the next one, or waits for whoever is making it. Who has waited for one that failed does not try again: all who wait
// would, one after the other.
func (s *Server) editionOf(ctx context.Context, t *site, c *channel) (*edition, error) {
	begun := s.now()
	if e := c.current.Load(); s.isGood(e) {
		return e, nil
	}
	if err := c.making.take(ctx); err != nil {
		return nil, err
	}
	defer c.making.give()
	if e := c.current.Load(); s.isGood(e) {
		return e, nil
	}
	if err := c.failedSince(begun); err != nil {
		return nil, err
	}
	if !s.authority.holds(s.now()) {
		return nil, errLease // while others tried in vain, and nothing may be sent
	}
	return s.makeLocked(ctx, t, c)
}

// isGood tells whether an edition may be used.
func (s *Server) isGood(e *edition) bool {
	return e != nil && !e.isOver(s.now()) && !s.authority.isStale(&e.decided)
}

// renew makes a new edition because something changed. If that fails, the last good one
// goes on being served for as long as it may.
func (s *Server) renew(ctx context.Context, t *site, c *channel) error {
	if err := c.making.take(ctx); err != nil {
		return err
	}
	defer c.making.give()
	_, err := s.makeLocked(ctx, t, c)
	return err
}

func (s *Server) makeLocked(ctx context.Context, t *site, c *channel) (*edition, error) {
	// Others may wait for this edition, so the one who asked first may go away.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), makingTime)
	defer cancel()
	begun := s.now()
	e, err := s.compose(ctx, t, c)
	c.stale.Store(err != nil)
	s.metrics.rendered(c, e, err, s.now().Sub(begun))
	if err != nil {
		c.failed.Store(&failure{err, s.now()})
		s.log.Error("rendering failed", "channel", c.ID, "view", c.viewKey(), "error", err)
		return nil, err
	}
	for _, d := range e.dropped {
		s.log.Warn("item left out", "channel", c.ID, "item", d.ID, "reason", d.Reason)
	}
	c.failed.Store(nil)
	c.last.Store(e)
	s.authority.catchUp(e, c)
	c.current.Store(e)
	return e, nil
}

// viewKey names the view that the channel is of; empty for the public's.
func (c *channel) viewKey() string {
	if c.view == nil {
		return ""
	}
	return c.view.key[:12]
}
