package ingest_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"reprint/feeds/fetch"
	"reprint/feeds/ingest"
)

// The bounds within which whatever a publisher sends is refused, or taken in as far as it
// goes. With the race detector everything takes several times as long, so there the time is
// only held to be bounded at all.
const (
	hostileTime   = 2 * time.Second
	hostileMemory = 64 << 20
)

// zipped compresses a document that is made piece by piece, so that it never stands in
// memory.
func zipped(write func(w io.Writer)) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	write(z)
	_ = z.Close()
	return b.Bytes()
}

func times(s string, n int) string { return strings.Repeat(s, n) }

// hostile are answers of publishers who mean harm, or whose software does.
var hostile = []struct {
	name   string
	answer http.HandlerFunc
	// taken tells that what is well in it is taken in; all others are refused.
	taken bool
}{
	// A gigabyte, of members that each unpack to a mebibyte: quick to make.
	{"a gzip bomb", sends("gzip", bytes.Repeat(zipped(func(w io.Writer) { _, _ = w.Write(make([]byte, 1<<20)) }), 1<<10)), false},
	{"an endless answer", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, `<rss version="2.0"><channel><title>t</title>`)
		for r.Context().Err() == nil {
			if _, err := w.Write(bytes.Repeat([]byte("<!-- -->"), 1<<13)); err != nil {
				return
			}
		}
	}, false},
	{"a slow answer", func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			_, _ = io.WriteString(w, " ")
			_ = http.NewResponseController(w).Flush()
			select {
			case <-r.Context().Done():
			case <-time.After(20 * time.Millisecond):
			}
		}
	}, false},
	{"no answer", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, false},
	{"a huge header", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-Long", times("x", 1<<20)) }, false},
	{"half a gzip", sends("gzip", zipped(func(w io.Writer) { _, _ = io.WriteString(w, feedOf(times("<item><title>a</title></item>", 5000))) })[:100]), false},
	{"a gzip of a gzip", sends("gzip", zipped(func(w io.Writer) { _, _ = w.Write(zipped(func(w io.Writer) { _, _ = io.WriteString(w, feedOf("")) })) })), false},
	{"redirects for ever", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path+"x", http.StatusFound) }, false},
	{"entities in entities", sends("", []byte(`<!DOCTYPE r [<!ENTITY a "`+times("x", 1000)+`"><!ENTITY b "`+times("&a;", 1000)+`"><!ENTITY c "`+times("&b;", 1000)+`">]><rss><channel><title>&c;</title></channel></rss>`)), false},
	{"outside entities", sends("", []byte(`<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel><title>&a;</title></channel></rss>`)), true},
	{"deep nesting", sends("", []byte(feedOf(times("<a>", 500_000)))), false},
	{"many namespaces", sends("", []byte("<rss "+namespaces(50_000)+`><channel><title>t</title></channel></rss>`)), false},
	{"many attributes", sends("", []byte(`<rss version="2.0"><channel `+attributes(200_000)+`><title>t</title></channel></rss>`)), false},
	{"a huge attribute", sends("", []byte(feedOf(`<item><title>a</title><link a="`+times("x", 7<<20)+`">https://a.example/1</link></item>`))), false},
	{"a huge name", sends("", []byte(feedOf("<"+times("x", 7<<20)+"/>"))), false},
	{"a huge text", sends("", []byte(feedOf("<item><title>a</title><description>"+times("word ", 1_500_000)+"</description></item>"))), false},
	{"a huge HTML", sends("", []byte(feedOf("<item><title>a</title><description><![CDATA["+times("<p>word</p>", 700_000)+"]]></description></item>"))), false},
	{"deep HTML", sends("", []byte(feedOf("<item><title>a</title><description><![CDATA["+times("<div><b>", 400_000)+"]]></description></item>"))), false},
	{"many items", sends("", []byte(feedOf(times("<item><title>a</title><guid>b</guid></item>", 180_000)))), true},
	{"large HTML", sends("", []byte(feedOf("<item><title>a</title><description><![CDATA["+times("<p>word</p>", 90_000)+"]]></description></item>"))), true},
	{"deep HTML in bounds", sends("", []byte(feedOf("<item><title>a</title><description><![CDATA["+times("<div><b>", 90_000)+"]]></description></item>"))), true},
	{"many pictures in bounds", sends("", []byte(feedOf("<item><title>a</title><description><![CDATA["+times(`<img src="https://a.example/p.jpg">`, 25_000)+"]]></description></item>"))), true},
	{"many unknown elements", sends("", []byte(feedOf(times("<x><y/></x>", 700_000)))), false},
	{"many pictures", sends("", []byte(feedOf("<item><title>a</title><description><![CDATA["+times(`<img src="https://a.example/p.jpg">`, 200_000)+"]]></description></item>"))), false},
	{"many categories", sends("", []byte(feedOf("<item><title>a</title>"+times("<category>c</category>", 300_000)+"</item>"))), false},
	{"many comments", sends("", []byte(feedOf(times("<!-- a -->", 700_000)))), true},
	{"deep JSON", sends("", []byte(`{"version":"https://jsonfeed.org/version/1.1","title":"t","items":`+times("[", 4_000_000))), false},
	{"a huge JSON number", sends("", []byte(`{"version":"https://jsonfeed.org/version/1.1","title":"t","items":[{"id":`+times("9", 7<<20)+`}]}`)), true},
	{"bytes of chance", sends("", bytes.Repeat([]byte("\x00\xff\xfe<\x01"), 1<<20)), false},
}

func sends(encoding string, body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if encoding != "" {
			w.Header().Set("Content-Encoding", encoding)
		}
		w.Header().Set("Content-Type", "application/xml")
		_, _ = w.Write(body)
	}
}

func feedOf(items string) string {
	return `<rss version="2.0"><channel><title>t</title><link>https://a.example/</link><description>d</description>` + items + `</channel></rss>`
}

func namespaces(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `xmlns:n%d="urn:%d" `, i, i)
	}
	return b.String()
}

func attributes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `a%d="" `, i)
	}
	return b.String()
}

// TestHostileAnswers: each is dealt with within the bounds, the operator learns why, and the
// next source is polled as if nothing had been.
func TestHostileAnswers(t *testing.T) {
	for _, tt := range hostile {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(tt.answer)
			defer server.Close()
			client, err := fetch.New(fetch.Options{UserAgent: "test", Now: time.Now, Timeout: time.Second, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
			if err != nil {
				t.Fatal(err)
			}
			g := ingest.New(ingest.Options{Fetch: client, Store: newMemory(), Authority: "a.example,2026", Now: time.Now})
			stop := watchMemory()
			begun := time.Now()
			o := g.Once(t.Context(), ingest.Source{ID: "a", Name: "A", Home: "https://a.example/", Feed: server.URL + "/feed"})
			took, peak := time.Since(begun), stop()
			t.Logf("%v, %d MB: %s %v", took.Round(time.Millisecond), peak>>20, o.Problem, o.Losses[:min(2, len(o.Losses))])
			if (o.Err == nil) != tt.taken {
				t.Errorf("%+v", o)
			}
			if !tt.taken && o.Problem == "" {
				t.Error("the operator does not learn why")
			}
			if limit := hostileTime * slowness; took > limit {
				t.Errorf("took %v, at most %v may be", took, limit)
			}
			if peak > hostileMemory*slowness {
				t.Errorf("took %d MB, at most %d may be", peak>>20, hostileMemory>>20)
			}
		})
	}
}

// watchMemory returns how to learn by how much the heap has grown at most since.
func watchMemory() (stop func() uint64) {
	runtime.GC()
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	read := func() uint64 {
		metrics.Read(sample)
		return sample[0].Value.Uint64()
	}
	before, peak := read(), uint64(0)
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			peak = max(peak, read())
			select {
			case <-quit:
				return
			case <-time.After(time.Millisecond):
			}
		}
	}()
	return func() uint64 {
		close(quit)
		<-done
		if peak < before {
			return 0
		}
		return peak - before
	}
}
