package cache

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/maphash"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/klauspost/compress/zstd"

	"reprint/feeds"
)

// formatJSONZstd is the first byte of a stored item: JSON, compressed with zstd. A later
// format gets another first byte, and this one stays readable.
const formatJSONZstd = 1

// maxDecoded bounds what a stored item may grow to when it is read.
const maxDecoded = 32 << 20

const (
	// decodedKept is how many items are remembered in both forms: those of the channels of a usual house, some 25 MB.
	decodedKept = 2000
	// mostKept is the size of the largest JSON that is remembered, so that large items do not take up the memory.
	mostKept = 32 << 10
)

// Codec turns items into the bytes that backends keep, and back. It remembers the last items that it gave back: an
// edition is made of the same ones as the edition before it, but for a few. It is safe for concurrent use.
type Codec struct {
	encoder *zstd.Encoder
	decoder *zstd.Decoder
	seed    maphash.Seed
	decoded *lru.Cache[uint64, decoded] // by hash of the stored bytes
}

// decoded is an item with the bytes that it was decoded from.
type decoded struct {
	stored []byte
	item   feeds.Item
}

// NewCodec returns a Codec.
func NewCodec() (*Codec, error) {
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxDecoded))
	if err != nil {
		return nil, err
	}
	known, err := lru.New[uint64, decoded](decodedKept)
	return &Codec{encoder: encoder, decoder: decoder, seed: maphash.MakeSeed(), decoded: known}, err
}

// Encode returns the bytes to keep for an item.
func (c *Codec) Encode(item feeds.Item) ([]byte, error) {
	text, err := json.Marshal(item)
	if err != nil {
		return nil, err
	}
	return c.encoder.EncodeAll(text, []byte{formatJSONZstd}), nil
}

// Decode returns the item that was encoded, whatever version encoded it. What the item points to is shared with others
// who ask for it: nobody changes that. The bytes may be reused once Decode has returned.
func (c *Codec) Decode(stored []byte) (feeds.Item, error) {
	key := maphash.Bytes(c.seed, stored)
	if known, ok := c.decoded.Get(key); ok && bytes.Equal(known.stored, stored) {
		return known.item, nil
	}
	item, size, err := c.decode(stored)
	if err == nil && size <= mostKept {
		c.decoded.Add(key, decoded{bytes.Clone(stored), item})
	}
	return item, err
}

// decode reads an item and tells how large its JSON is, in bytes.
func (c *Codec) decode(stored []byte) (item feeds.Item, size int, err error) {
	if len(stored) == 0 || stored[0] != formatJSONZstd {
		return item, 0, fmt.Errorf("stored item of an unknown format; it was written by a newer version")
	}
	text, err := c.decoder.DecodeAll(stored[1:], nil)
	if err != nil {
		return item, 0, fmt.Errorf("stored item: %w", err)
	}
	if err := json.Unmarshal(text, &item); err != nil {
		return item, 0, fmt.Errorf("stored item: %w", err)
	}
	return item, len(text), nil
}
