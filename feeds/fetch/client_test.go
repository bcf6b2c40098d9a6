package fetch

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// newClient returns a client that may reach the loopback address and nothing else.
func newClient(t testing.TB, change func(*Options)) *Client {
	t.Helper()
	o := Options{
		UserAgent: "Reprint/1 (+https://news.example)", Now: func() time.Time { return noon },
		Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
	}
	if change != nil {
		change(&o)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func serve(t testing.TB, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func kindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}

func TestConditionalGet(t *testing.T) {
	t.Parallel()
	const etag, modified = `W/"a b"`, "Mon, 9 Mar 2026 10:00:00 GMT" // not as we would write them
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		for _, h := range []string{"Cookie", "Referer", "Authorization"} {
			if r.Header.Get(h) != "" {
				t.Errorf("%s is sent", h)
			}
		}
		if got := r.Header.Get("User-Agent"); got != "Reprint/1 (+https://news.example)" {
			t.Errorf("User-Agent %q", got)
		}
		w.Header().Set("ETag", etag)
		w.Header().Set("Last-Modified", modified)
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
		if r.Header.Get("If-None-Match") == etag && r.Header.Get("If-Modified-Since") == modified {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		io.WriteString(w, "<rss/>")
	})
	c := newClient(t, nil)
	first, err := c.Get(t.Context(), Request{URL: url})
	if err != nil || string(first.Documents[0].Body) != "<rss/>" || first.ETag != etag || first.LastModified != modified {
		t.Fatalf("first: %+v, %v", first, err)
	}
	second, err := c.Get(t.Context(), Request{URL: url, ETag: first.ETag, LastModified: first.LastModified})
	if err != nil || !second.NotModified || second.Documents != nil {
		t.Errorf("second: %+v, %v", second, err)
	}
}

func TestStatuses(t *testing.T) {
	t.Parallel()
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		var status int
		fmt.Sscanf(r.URL.Path, "/%d", &status)
		w.Header().Set("Retry-After", r.URL.Query().Get("after"))
		w.WriteHeader(status)
	})
	c := newClient(t, nil)
	for _, tt := range []struct {
		path string
		wait time.Duration
	}{
		{"/404", 0}, {"/410", 0}, {"/403", 0}, {"/500?after=120", 2 * time.Minute}, {"/204", 0}, {"/304", 0},
		{"/429?after=Tue,%2010%20Mar%202026%2013:00:00%20GMT", time.Hour},
		{"/503?after=soon", 0}, {"/503?after=-5", 0}, {"/503?after=99999999999999", 365 * 24 * time.Hour},
	} {
		_, err := c.Get(t.Context(), Request{URL: url + tt.path})
		var e *Error
		if !errors.As(err, &e) || e.Kind != BadStatus || e.RetryAfter != tt.wait {
			t.Errorf("%s: %v, wait %v, want %v", tt.path, err, e.RetryAfter, tt.wait)
		}
		if strings.Contains(err.Error(), "after=") {
			t.Errorf("the error shows the query: %v", err)
		}
	}
}

func TestRedirects(t *testing.T) {
	t.Parallel()
	other := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") != "" || r.Header.Get("Referer") != "" {
			t.Errorf("another address is sent %v", r.Header)
		}
		io.WriteString(w, "other")
	})
	mux := http.NewServeMux()
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/here", http.StatusMovedPermanently)
	})
	mux.HandleFunc("/found", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/moved", http.StatusFound) })
	mux.HandleFunc("/here", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "here") })
	mux.HandleFunc("/away", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other, http.StatusPermanentRedirect) })
	mux.HandleFunc("/loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	for path, to := range map[string]string{"/file": "file:///etc/passwd", "/gopher": "gopher://127.0.0.1/", "/user": "http://u:p@127.0.0.1/", "/inside": "http://10.0.0.1/"} {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) })
	}
	url := serve(t, mux.ServeHTTP)
	c := newClient(t, nil)
	for _, tt := range []struct {
		path, body string
		permanent  bool
		kind       Kind
	}{
		{"/moved", "here", true, ""}, {"/found", "here", false, ""}, {"/away", "other", true, ""}, {"/here", "here", false, ""},
		{"/loop", "", false, BadRedirect}, {"/file", "", false, BadRedirect}, {"/gopher", "", false, BadRedirect},
		{"/user", "", false, BadRedirect}, {"/inside", "", false, RefusedAddress},
	} {
		r, err := c.Get(t.Context(), Request{URL: url + tt.path, ETag: `"x"`})
		if kindOf(err) != tt.kind {
			t.Errorf("%s: %v, want kind %q", tt.path, err, tt.kind)
			continue
		}
		if tt.kind == "" && (string(r.Documents[0].Body) != tt.body || r.Permanent != tt.permanent) {
			t.Errorf("%s: %q, permanent %v", tt.path, r.Documents[0].Body, r.Permanent)
		}
	}
}

// TestValidatorsGoWhereTheyCameFrom: behind a redirect they are sent to the address that gave
// them, and to no other on the way.
func TestValidatorsGoWhereTheyCameFrom(t *testing.T) {
	t.Parallel()
	var asked []string
	note := func(r *http.Request) {
		asked = append(asked, r.URL.Path+" "+r.Header.Get("If-None-Match")+r.Header.Get("If-Modified-Since"))
	}
	end := serve(t, func(w http.ResponseWriter, r *http.Request) {
		note(r)
		w.WriteHeader(http.StatusNotModified)
	})
	begin := serve(t, func(w http.ResponseWriter, r *http.Request) {
		note(r)
		http.Redirect(w, r, end+"/end", http.StatusFound)
	})
	c := newClient(t, nil)
	r, err := c.Get(t.Context(), Request{URL: begin + "/begin", ETag: `"x"`, LastModified: "then", Of: end + "/end"})
	if err != nil || !r.NotModified || r.URL != end+"/end" || !r.Server.IsLoopback() {
		t.Errorf("%+v, %v", r, err)
	}
	_, err = c.Get(t.Context(), Request{URL: begin + "/begin", ETag: `"x"`, Of: "https://elsewhere.example/"})
	if kindOf(err) != BadStatus {
		t.Errorf("a 304 that was not asked for: %v", err)
	}
	if got, want := strings.Join(asked, ","), `/begin ,/end "x"then,/begin ,/end `; got != want {
		t.Errorf("asked %s, want %s", got, want)
	}
}

func TestDownToHTTPIsRefused(t *testing.T) {
	t.Parallel()
	via, _ := http.NewRequest("GET", "https://a.example/", nil)
	next, _ := http.NewRequest("GET", "http://a.example/", nil)
	if err := checkRedirect(next, []*http.Request{via}); !errors.Is(err, errRedirect) {
		t.Errorf("from https to http: %v", err)
	}
}

func TestRefusedURLs(t *testing.T) {
	t.Parallel()
	c := newClient(t, func(o *Options) { o.Allow = nil })
	for url, want := range map[string]Kind{
		"http://u:secret@a.example/":                      BadURL,
		"http://":                                         BadURL,
		"https://%zz/":                                    BadURL,
		"http://127.0.0.1:1/x?token=secret":               RefusedAddress,
		"http://[::ffff:7f00:1]/":                         RefusedAddress,
		"http://a.example/" + strings.Repeat("x", maxURL): BadURL,
	} {
		_, err := c.Get(t.Context(), Request{URL: url})
		if kindOf(err) != want {
			t.Errorf("%.60s: %v, want %s", url, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("the error shows a secret: %v", err)
		}
	}
}

// TestBombs: what unpacks to more than the bound is refused quickly and with little memory.
func TestBombs(t *testing.T) {
	t.Parallel()
	var bomb bytes.Buffer
	z, _ := gzip.NewWriterLevel(&bomb, gzip.BestSpeed)
	zeros := make([]byte, 1<<20)
	for range 32 {
		z.Write(zeros)
	}
	z.Close()
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/gzip":
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(bomb.Bytes())
		case "/plain":
			for range 20 {
				w.Write(zeros)
			}
		case "/broken":
			w.Header().Set("Content-Encoding", "gzip")
			io.WriteString(w, "not gzip")
		case "/br":
			w.Header().Set("Content-Encoding", "br")
		case "/short":
			w.Header().Set("Content-Length", "100")
			io.WriteString(w, "short")
		}
	})
	c := newClient(t, nil)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for path, want := range map[string]Kind{"/gzip": TooLarge, "/plain": TooLarge, "/broken": BadBody, "/br": BadBody, "/short": BadBody} {
		if _, err := c.Get(t.Context(), Request{URL: url + path}); kindOf(err) != want {
			t.Errorf("%s: %v, want %s", path, err, want)
		}
	}
	runtime.ReadMemStats(&after)
	if got := int64(after.HeapInuse) - int64(before.HeapInuse); got > 128<<20 {
		t.Errorf("the bombs took %d MiB", got>>20)
	}
}

func TestSlowAnswerEnds(t *testing.T) {
	t.Parallel()
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		for range 100 {
			io.WriteString(w, "x")
			w.(http.Flusher).Flush()
			select {
			case <-r.Context().Done():
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	})
	c := newClient(t, func(o *Options) { o.Timeout = 200 * time.Millisecond })
	if _, err := c.Get(t.Context(), Request{URL: url}); kindOf(err) != Timeout {
		t.Errorf("a drip of bytes: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Get(ctx, Request{URL: url}); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	one := write("one.xml", "one")
	write("feeds/b.atom", "b")
	write("feeds/a.XML", "a")
	write("feeds/notes.txt", "no feed")
	write("big/x.xml", strings.Repeat("x", 100))
	if err := os.Symlink("/etc/hostname", filepath.Join(dir, "feeds/z.xml")); err != nil {
		t.Fatal(err)
	}
	c := newClient(t, func(o *Options) { o.MaxBytes = 50 })

	r, err := c.Get(t.Context(), Request{URL: one})
	if err != nil || len(r.Documents) != 1 || string(r.Documents[0].Body) != "one" {
		t.Fatalf("file: %+v, %v", r, err)
	}
	if r, err = c.Get(t.Context(), Request{URL: one, ETag: r.ETag}); err != nil || !r.NotModified {
		t.Errorf("unchanged file: %+v, %v", r, err)
	}
	if _, err = c.Get(t.Context(), Request{URL: filepath.Join(dir, "feeds")}); kindOf(err) != BadFile {
		t.Errorf("a link out of the directory is followed: %v", err)
	}
	os.Remove(filepath.Join(dir, "feeds/z.xml"))
	r, err = c.Get(t.Context(), Request{URL: filepath.Join(dir, "feeds")})
	if err != nil || len(r.Documents) != 2 || r.Documents[0].Name != "a.XML" {
		t.Errorf("directory: %+v, %v", r, err)
	}
	if _, err = c.Get(t.Context(), Request{URL: filepath.Join(dir, "big")}); kindOf(err) != TooLarge {
		t.Errorf("too large a file: %v", err)
	}
	for _, path := range []string{"nothing", "gone.xml", "feeds/../../etc"} {
		if _, err = c.Get(t.Context(), Request{URL: filepath.Join(dir, path)}); kindOf(err) != BadFile {
			t.Errorf("%s: %v", path, err)
		}
	}
}
