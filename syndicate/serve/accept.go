package serve

import (
	"bytes"
	"math/bits"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// encoding is a content coding, in the order of preference where a client likes several
// as much: the smallest first.
type encoding int

const (
	br encoding = iota
	zst
	gz
	identity
	encodings = 4
)

var (
	encodingName = [encodings]string{"br", "zstd", "gzip", "identity"}
	// Each coding has bytes of its own, so each has a strong validator of its own (RFC 9110
	// section 8.8.3.3).
	etagSuffix = [encodings]string{"-br", "-zst", "-gz", ""}
)

// smallest is the size below which compression only costs.
const smallest = 256

// compress makes each coding but identity.
var compress = [encodings]func([]byte) []byte{br: brotlied, zst: zstandard, gz: gzipped}

// The levels are those at which another step costs much and brings little for feeds. The
// writers write to memory and cannot fail.
func brotlied(body []byte) []byte {
	var b bytes.Buffer
	w := brotli.NewWriterLevel(&b, 5)
	_, _ = w.Write(body)
	_ = w.Close()
	return b.Bytes()
}

func gzipped(body []byte) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, 6)
	if err != nil {
		return nil
	}
	_, _ = w.Write(body)
	_ = w.Close()
	return b.Bytes()
}

// mostWindow is what every decoder must be able to keep (RFC 8878 section 3.1.1.1.2).
const mostWindow = 8 << 20

func zstandard(body []byte) []byte {
	// A window larger than the document costs memory for nothing.
	window := max(1<<bits.Len(uint(len(body))), zstd.MinWindowSize)
	w, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBetterCompression), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(min(window, mostWindow)))
	if err != nil {
		return nil
	}
	defer w.Close()
	return w.EncodeAll(body, nil)
}

// choose returns the variant that suits an Accept-Encoding header best (RFC 9110 section
// 12.5.3). Where nothing suits, the document goes out as it is, which the section allows and
// every client can read.
func (r *representation) choose(accept []string) *variant {
	var quality [encodings]int
	for i := range quality {
		quality[i] = -1
	}
	star := -1
	for _, field := range accept {
		for field != "" {
			var part string
			part, field, _ = strings.Cut(field, ",")
			name, q := coding(part)
			if name == "*" {
				star = q
				continue
			}
			for e, known := range encodingName {
				if strings.EqualFold(name, known) || known == "gzip" && strings.EqualFold(name, "x-gzip") {
					quality[e] = q
				}
			}
		}
	}
	best, most := identity, 0
	for e := range encodings {
		q := quality[e]
		if q < 0 {
			q = star
		}
		if encoding(e) == identity && q < 0 {
			q = 1 // always fine, but less than anything that was asked for
		}
		if q > most && r.variant(encoding(e)) != nil {
			best, most = encoding(e), q
		}
	}
	return r.variant(best)
}

// coding reads one element of the header: its name and its weight in thousandths.
func coding(part string) (name string, quality int) {
	name, parameters, weighted := strings.Cut(part, ";")
	name = strings.TrimSpace(name)
	if !weighted {
		return name, 1000
	}
	value, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(parameters)), "q=")
	if !ok {
		return name, 1000
	}
	return name, weight(value)
}

// weight reads a weight such as "0.8" (RFC 9110 section 12.4.2). What is none counts as 0:
// whoever cannot say it does not get it.
func weight(value string) int {
	if value == "" || value[0] != '0' && value[0] != '1' || len(value) > 5 || len(value) > 1 && value[1] != '.' {
		return 0
	}
	q := int(value[0]-'0') * 1000
	scale := 100
	for i := 2; i < len(value); i++ {
		if value[i] < '0' || value[i] > '9' {
			return 0
		}
		q += int(value[i]-'0') * scale
		scale /= 10
	}
	return min(q, 1000)
}
