package serve

import (
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestWithdrawnWhileItIsCompressed: what is withdrawn while the first one who takes a coding makes it is not sent, by whichever way the
// request is answered.
func TestWithdrawnWhileItIsCompressed(t *testing.T) {
	t.Parallel()
	random := rand.NewChaCha8([32]byte{1})
	slow := make([]byte, 1<<20) // it takes a while
	_, _ = random.Read(slow)
	for name, head := range map[string]string{"lane": "GET /doc HTTP/1.1", "net/http": "GET /doc?x HTTP/1.1"} {
		s := bare(time.Now)
		lease := time.Now().Add(time.Hour)
		s.authority.until.Store(&lease)
		d := newRepresentation(document{contentType: typeRSS, body: slow, decided: new(decidable)})
		address := new(twins).listen(t, s, true, s.fixedRoute("/doc", d), route{pattern: "/echo", audience: everybody, handler: http.NotFoundHandler()})
		answer := make(chan string)
		go func() { answer <- exchange(t, address, head+"\r\nHost: x\r\nAccept-Encoding: br\r\n\r\n") }()
		for !d.coded.forms[br].taken.Load() {
			time.Sleep(time.Millisecond)
		}
		s.authority.version.Add(1)
		if d.coded.forms[br].made.Load() != nil {
			t.Fatal("it was made at once: this tells nothing")
		}
		if got := <-answer; !strings.HasPrefix(got, "HTTP/1.1 503") {
			t.Errorf("%s: %.60q", name, got)
		}
	}
}

// TestCodedOnce: however many take a document at once, each coding is made once, and nobody waits for it.
func TestCodedOnce(t *testing.T) {
	t.Parallel()
	d := newRepresentation(document{contentType: typeRSS, body: []byte(strings.Repeat("<item>text</item>", 10_000)), maxAge: maxAge})
	var all sync.WaitGroup
	var mu sync.Mutex
	got := make(map[string]*variant)
	for range 16 {
		all.Go(func() {
			v := d.choose([]string{"gzip"})
			mu.Lock()
			defer mu.Unlock()
			got[v.etag[0]] = v
			if v.encoding == nil && len(v.body) != len(d.coded.plain) || v.encoding != nil && len(v.body) >= len(d.coded.plain) {
				t.Errorf("%v: %d bytes", v.encoding, len(v.body))
			}
		})
	}
	all.Wait()
	if v := d.choose([]string{"gzip"}); v.encoding == nil || len(got) > 2 {
		t.Errorf("%v in the end, %d of them", v.encoding, len(got))
	}
}
