package serve

import (
	"bytes"
	"net/http"
	"testing"
	"time"
)

// TestWithdrawnWhileItIsCompressed: who takes a coding first waits until it is made. What is withdrawn meanwhile is not sent, by
// whichever way the request is answered.
func TestWithdrawnWhileItIsCompressed(t *testing.T) {
	t.Parallel()
	for name, head := range map[string]string{"lane": "GET /doc HTTP/1.1", "net/http": "GET /doc?x HTTP/1.1"} {
		s := bare(time.Now)
		lease := time.Now().Add(time.Hour)
		s.authority.until.Store(&lease)
		d := newRepresentation(document{contentType: typeRSS, body: bytes.Repeat([]byte("<item>text</item>"), 800), maxAge: maxAge, decided: new(decidable)})
		begun, done := make(chan struct{}), make(chan struct{})
		go d.coded.forms[gz].once.Do(func() { // somebody else makes it
			close(begun)
			<-done
		})
		<-begun
		address := new(twins).listen(t, s, true, s.fixedRoute("/doc", d), route{pattern: "/echo", audience: everybody, handler: http.NotFoundHandler()})
		answer := make(chan string)
		go func() { answer <- exchange(t, address, head+"\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n") }()
		time.Sleep(100 * time.Millisecond) // the request is in
		s.authority.version.Add(1)
		close(done)
		if got := <-answer; !bytes.HasPrefix([]byte(got), []byte("HTTP/1.1 503")) {
			t.Errorf("%s: %.60q", name, got)
		}
	}
}
