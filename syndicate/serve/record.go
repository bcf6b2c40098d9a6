package serve

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"reprint/cache"
	"reprint/feeds"
	"reprint/syndicate"
	"reprint/syndicate/ledger"
)

// Ledger is where licensed pulls are put on the record; [ledger.Ledger] states what each
// method promises.
type Ledger interface {
	Append(ctx context.Context, entries ...ledger.Entry) (int64, error)
	Receipt(ctx context.Context, n int64) (ledger.Receipt, error)
	ID() string
	PublicKey() string
}

// manifest is what a document holds and on what terms, as it goes on the record.
type manifest struct {
	edition  ledger.Edition
	licensed int
	held     []cache.Held // without times
}

// newManifest describes what was cleared for a view.
func newManifest(v *view, cleared []syndicate.Cleared) *manifest {
	m := &manifest{}
	room := listedPictures
	for _, c := range cleared {
		item, decision := c.Item(), c.Decision()
		e := ledger.EditionItem{
			ID: item.ID, Source: item.Source, Revision: item.Revision, Form: decision.Form.String(), Reason: string(decision.Reason), License: decision.License,
			Agreement: v.position(decision.Agreement), Notice: noticeDigest(c.Notice()),
		}
		e.Pictures, e.Unlisted = listPictures(c.Pictures(), &room)
		if e.Agreement > 0 {
			m.licensed++
		}
		m.edition.Items = append(m.edition.Items, e)
		m.held = append(m.held, cache.Held{Item: item.ID, Form: int(decision.Form), Pictures: e.PictureCount()})
	}
	text, err := json.Marshal(m.edition.Items)
	if err != nil {
		panic(err) // strings and numbers only
	}
	m.edition.Digest = digestOf(text)
	return m
}

// listedPictures is how many bytes the addresses of an edition's pictures may have: an entry of the ledger must hold them.
const listedPictures = 512 << 10

// listPictures lists the addresses of an item's pictures as long as there is room for them, else their digest.
func listPictures(pictures []feeds.Picture, room *int) ([]string, *ledger.UnlistedPictures) {
	var list []string
	var all strings.Builder
	for _, p := range pictures {
		list = append(list, p.URL)
		all.WriteString(p.URL + "\n")
	}
	if len(list) == 0 || all.Len() <= *room {
		*room -= all.Len()
		return list, nil
	}
	return nil, &ledger.UnlistedPictures{Count: len(list), Digest: digestOf([]byte(all.String()))}
}

// noticeDigest names the words of the notices that go out with an item.
func noticeDigest(n syndicate.Notice) string {
	words := []string{n.Attribution.Text()}
	for _, l := range n.Foot() {
		words = append(words, l.Text())
	}
	return digestOf([]byte(strings.Join(words, "\n")))
}

func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// recorder puts pulls on the record.
type recorder struct {
	mu       sync.Mutex
	editions map[string]bool    // digests that are in the ledger
	held     map[string]heldSet // by partner: digests that are noted as held
}

type heldSet map[string]bool

// remembered bounds how many digests are remembered, in all and for a partner. One that was
// forgotten is noted once more, which changes nothing.
const remembered = 4096

func (m *recorder) knows(digest string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.editions[digest]
}

func (m *recorder) learn(digest string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.editions == nil || len(m.editions) >= remembered {
		m.editions = make(map[string]bool)
	}
	m.editions[digest] = true
}

func (m *recorder) holds(partner, digest string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.held[partner][digest]
}

func (m *recorder) hold(partner, digest string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.held == nil {
		m.held = make(map[string]heldSet)
	}
	if m.held[partner] == nil || len(m.held[partner]) >= remembered/16 {
		m.held[partner] = make(heldSet)
	}
	m.held[partner][digest] = true
}

// record puts a pull on the record before its bytes leave, and names it to the client. First
// the store notes what the partner then has, so that it can be told to remove it; then the
// ledger takes the entry. Both take their time, so that it is looked at again whether the bytes may leave: before, because
// the record is of what was sent, and after, because they must not leave otherwise, nor be named.
func (s *Server) record(w http.ResponseWriter, r *http.Request, p *principal, m *manifest, body string, d *decidable) error {
	if err := s.hold(r.Context(), p, m); err != nil {
		return err
	}
	now := s.now()
	if err := s.lastMoment(d, now); err != nil {
		return err
	}
	var entries []ledger.Entry
	if !s.recorder.knows(m.edition.Digest) {
		entries = append(entries, ledger.Entry{At: now, Kind: ledger.KindEdition, Edition: &m.edition})
	}
	entries = append(entries, ledger.Entry{At: now, Kind: ledger.KindPulled, Pulled: &ledger.Pull{
		Partner: p.partner, Token: p.token.ID, Path: shownPath(r), Agreements: p.agreements, Edition: m.edition.Digest, Body: body,
		Items: len(m.edition.Items), Licensed: m.licensed,
	}})
	first, err := s.ledger.Append(r.Context(), entries...)
	if err != nil {
		return fmt.Errorf("putting the pull on the record: %w", err)
	}
	s.recorder.learn(m.edition.Digest)
	if err := s.lastMoment(d, s.now()); err != nil {
		return err
	}
	s.metrics.pulls.WithLabelValues(p.partner).Inc()
	w.Header()["Reprint-Receipt"] = []string{s.ledger.ID() + "-" + strconv.FormatInt(first+int64(len(entries))-1, 10)}
	return nil
}
