package cache

import (
	"encoding/json"
	"fmt"

	"github.com/klauspost/compress/zstd"

	"reprint/feeds"
)

// formatJSONZstd is the first byte of a stored item: JSON, compressed with zstd. A later
// format gets another first byte, and this one stays readable.
const formatJSONZstd = 1

// maxDecoded bounds what a stored item may grow to when it is read.
const maxDecoded = 32 << 20

// Codec turns items into the bytes that backends keep, and back. It is safe for
// concurrent use.
type Codec struct {
	encoder *zstd.Encoder
	decoder *zstd.Decoder
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
	return &Codec{encoder: encoder, decoder: decoder}, nil
}

// Encode returns the bytes to keep for an item.
func (c *Codec) Encode(item feeds.Item) ([]byte, error) {
	text, err := json.Marshal(item)
	if err != nil {
		return nil, err
	}
	return c.encoder.EncodeAll(text, []byte{formatJSONZstd}), nil
}

// Decode returns the item that was encoded, whatever version encoded it.
func (c *Codec) Decode(stored []byte) (feeds.Item, error) {
	var item feeds.Item
	if len(stored) == 0 || stored[0] != formatJSONZstd {
		return item, fmt.Errorf("stored item of an unknown format; it was written by a newer version")
	}
	text, err := c.decoder.DecodeAll(stored[1:], nil)
	if err != nil {
		return item, fmt.Errorf("stored item: %w", err)
	}
	if err := json.Unmarshal(text, &item); err != nil {
		return item, fmt.Errorf("stored item: %w", err)
	}
	return item, nil
}
