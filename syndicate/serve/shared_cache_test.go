package serve_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"reprint/cache/cachetest/redistest"
)

// startCache runs nginx as a shared cache in front of an address, and returns its own.
func startCache(t *testing.T, behind string) string {
	t.Helper()
	nginx, err := exec.LookPath("nginx")
	if err != nil {
		nginx = "/usr/sbin/nginx" // which is not in everybody's PATH
		if _, err := os.Stat(nginx); err != nil {
			t.Fatal("this test starts nginx, which is not installed: run make test, or install it with the system's package manager")
		}
	}
	address, dir := redistest.FreeAddress(t), t.TempDir()
	conf := fmt.Sprintf(`daemon off; master_process off; pid %[1]s/pid; error_log %[1]s/error.log; worker_processes 1;
events { worker_connections 256; }
http {
	access_log off; client_body_temp_path %[1]s/body; proxy_temp_path %[1]s/proxy; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s;
	proxy_cache_path %[1]s/cache keys_zone=shared:1m;
	server {
		listen %[2]s;
		location / {
			proxy_pass %[3]s; proxy_cache shared; proxy_http_version 1.1; proxy_set_header Connection "";
			proxy_cache_lock on; add_header X-Cache $upstream_cache_status always;
		}
	}
}
`, dir, address, behind)
	path := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(path, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(nginx, "-p", dir, "-c", path, "-e", filepath.Join(dir, "error.log"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = cmd.Process.Kill(), cmd.Wait() })
	for range 200 {
		if c, err := net.Dial("tcp", address); err == nil {
			_ = c.Close()
			return "http://" + address
		}
		time.Sleep(20 * time.Millisecond)
	}
	text, _ := os.ReadFile(filepath.Join(dir, "error.log"))
	t.Fatalf("nginx does not listen: %s", text)
	return ""
}

// TestBehindASharedCache: partners and the public behind one nginx that caches all it may
// never see each other's bytes, in whatever order and however many at once they ask.
func TestBehindASharedCache(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1), article(2), article(3))
	origin := httptest.NewServer(o.Public())
	defer origin.Close()
	cache := startCache(t, origin.URL)
	// The catalog carries no items and is cached; the others must be asked for each time.
	paths := []string{"/feeds/top.rss", "/feeds/top.json", "/feeds/top", "/items/" + article(1).ID, "/"}
	tokens := []string{"", "zj/k1", "qh/k1", "", "hz/k1"}
	want := make(map[string]string)
	for _, token := range tokens {
		for _, path := range paths {
			want[token+path] = o.get(path, token).Body.String()
		}
	}
	if want["/feeds/top.rss"] == want["zj/k1/feeds/top.rss"] || want["qh/k1/feeds/top.rss"] == want["zj/k1/feeds/top.rss"] {
		t.Fatal("there is nothing to tell apart")
	}
	hits := 0
	ask := func(path, token, etag string) (*http.Response, string) {
		r, err := http.NewRequest(http.MethodGet, cache+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+o.secrets[token])
		}
		if etag != "" {
			r.Header.Set("If-None-Match", etag)
		}
		r.Header.Set("Accept-Encoding", "identity")
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response, string(body)
	}
	tags := make(map[string]string)
	for range 3 {
		for _, path := range paths {
			for _, token := range tokens {
				response, body := ask(path, token, "")
				if response.StatusCode != 200 || body != want[token+path] {
					t.Fatalf("%s as %q: %d, not what it is without the cache", path, token, response.StatusCode)
				}
				if response.Header.Get("X-Cache") == "HIT" {
					hits++
					if path != "/" {
						t.Errorf("%s as %q came from the shared cache", path, token)
					}
				}
				tags[token+path] = response.Header.Get("ETag")
			}
			if path == "/" {
				continue // the same for everybody
			}
			if response, _ := ask(path, "", tags["zj/k1"+path]); response.StatusCode != 200 {
				t.Errorf("%s: a partner's validator is good for the public: %d", path, response.StatusCode)
			}
			if response, _ := ask(path, "qh/k1", tags["zj/k1"+path]); response.StatusCode != 200 {
				t.Errorf("%s: a partner's validator is good for another: %d", path, response.StatusCode)
			}
		}
	}
	if hits == 0 {
		t.Error("the cache cached nothing: nothing was tested")
	}
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			token, path := tokens[i%len(tokens)], paths[i%len(paths)]
			response, body := ask(path, token, "")
			if response.StatusCode != 200 || body != want[token+path] {
				t.Errorf("%s as %q at once with others: %d", path, token, response.StatusCode)
			}
		})
	}
	wg.Wait()
	if strings.Contains(want["/feeds/top.rss"], "全文的最后一句") {
		t.Error("the public has the whole text")
	}
}
