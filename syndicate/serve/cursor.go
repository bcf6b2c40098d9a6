package serve

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"time"
)

// cursor is how far a partner has followed what concerns it. There are two kinds of change:
// those that the journal tells, and those that time alone brings. It is signed, because what
// it says of the time decides what is told.
type cursor struct {
	// Seq is the position of the journal that was read.
	Seq int64 `json:"s"`
	// At and After say up to which moment, and at that moment up to which item, it was told
	// what time brought.
	At    int64  `json:"t"` // milliseconds
	After string `json:"i,omitempty"`
	// View names the terms that it was told under, and since when they hold. Under other terms
	// all is told anew.
	View string `json:"v"`
	// Broad is the end of the journal when it was last read again from its beginning, because an entry was about many
	// items. What stands up to Told was told before that, and is told again only where something that was ever withdrawn of
	// many is about it: which of it was known when it was told depends on the server, and on what the store has lost since.
	Broad int64 `json:"b,omitempty"`
	Told  int64 `json:"o,omitempty"`
	// Wake is when the journal must be read again from WakeSeq: the moment at which an item
	// comes up that is found in no other way. Zero is never.
	Wake    int64 `json:"w,omitempty"`
	WakeSeq int64 `json:"q,omitempty"`
}

// pastAll is after every item id.
const pastAll = "~"

// errCursor tells that a cursor is none of ours.
var errCursor = errors.New("this is no cursor of this service: begin without one, and you are told everything that you may have")

// cursorSecret is the name of the secret that cursors are signed with.
const cursorSecret = "cursors"

const signBytes = 12

// encode writes the cursor as partners get it.
func (c cursor) encode(secret []byte, partner string) string {
	text, err := json.Marshal(c)
	if err != nil {
		panic(err) // strings and numbers only
	}
	return base64.RawURLEncoding.EncodeToString(append(signCursor(secret, partner, text), text...))
}

// decodeCursor reads a cursor that this partner was given.
func decodeCursor(secret []byte, partner, encoded string) (cursor, error) {
	var c cursor
	b, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	if err != nil || len(b) <= signBytes || !hmac.Equal(b[:signBytes], signCursor(secret, partner, b[signBytes:])) {
		return c, errCursor
	}
	if err := json.Unmarshal(b[signBytes:], &c); err != nil {
		return c, errCursor
	}
	return c, nil
}

func signCursor(secret []byte, partner string, text []byte) []byte {
	mac := hmac.New(sha256.New, secret)
	_, _ = mac.Write(append([]byte("cursor\x00"+partner+"\x00"), text...)) // a hash takes everything
	return mac.Sum(nil)[:signBytes]
}

// wakeAt notes that the journal must be read again from seq at a moment.
func (c *cursor) wakeAt(at time.Time, seq int64) {
	millis := at.UnixMilli() + 1
	if c.Wake == 0 {
		c.Wake, c.WakeSeq = millis, seq
		return
	}
	c.Wake, c.WakeSeq = min(c.Wake, millis), min(c.WakeSeq, seq)
}

// wake goes back to where the journal must be read again, if it is time.
func (c *cursor) wake(now time.Time) {
	if c.Wake != 0 && now.UnixMilli() >= c.Wake {
		c.Seq = min(c.Seq, c.WakeSeq-1)
		c.Told = min(c.Told, c.Seq) // whatever comes up may be anywhere from there on
		c.Wake, c.WakeSeq = 0, 0
	}
}

// again goes back to the beginning of the journal, because an entry may be about any item. What is about many up to its
// end is heard in the same reading.
func (c *cursor) again(end int64) { c.Told, c.Broad, c.Seq = max(c.Told, c.Seq), end, 0 }
