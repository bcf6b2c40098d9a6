package chaos

import (
	"crypto/rand"
	"fmt"
	random "math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"reprint/syndicate/access"
)

// house are the servers of one store, and the way in for readers and partners.
type house struct {
	servers []*server
	front   string // the site's address: that of one server, or of a proxy before them
	token   string // of the partner
	dir     string
	drain   time.Duration // of the servers
}

// furnish prepares servers, each with the store that it is to use. Readers and partners come to the last one.
func (h *house) furnish(t *testing.T, stores ...string) {
	t.Helper()
	secret, err := access.NewSecret(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	h.token, h.dir = secret, t.TempDir()
	for n, store := range stores {
		s := &server{t: t, name: string(rune('a' + n)), store: store, public: freeAddress(t), admin: freeAddress(t)}
		s.dir = filepath.Join(h.dir, s.name)
		s.config = filepath.Join(s.dir, "reprint.yaml")
		if err := os.MkdirAll(s.dir, 0o700); err != nil {
			t.Fatal(err)
		}
		h.servers = append(h.servers, s)
		h.front = "http://" + s.public
	}
}

// open starts the servers with the first ones of the sources.
func (h *house) open(t *testing.T, p *publishers, sources int) {
	t.Helper()
	h.configure(t, p, sources)
	for _, s := range h.servers {
		s.start()
		t.Cleanup(s.kill)
	}
}

// configure writes the files of the servers, with the first ones of the sources.
func (h *house) configure(t *testing.T, p *publishers, sources int) {
	t.Helper()
	for _, s := range h.servers {
		if err := os.WriteFile(s.config, []byte(h.configuration(s, p.feeds[:sources])), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// configuration is the file of a server. Half of the sources grant the public the whole text, and half a part.
func (h *house) configuration(s *server, feeds []string) string {
	var b strings.Builder
	hash := access.HashOf(h.token)
	fmt.Fprintf(&b, `site: {name: Chaos, url: %q, contact: {email: rights@chaos.example}, unknown_origin: open}
listen: %s
admin_listen: %s
store: %q
data: %q
drain: %s
fetch: {allow: [127.0.0.0/8]}
licenses:
  - {id: open, name: {en: Open}, public: {text: full}, reprint: free}
  - {id: house, name: {en: House}, public: {text: excerpt, excerpt_chars: 60}, reprint: by-agreement}
channels:
  - {id: top, title: Top, limit: 200}
  - {id: open, title: Open, licenses: [open], limit: 50}
partners:
  - id: friend
    name: Friend
    rate: 100000
    tokens: [{id: k1, sha256: %x}]
    agreements: [{id: all, covers: {licenses: [house, open]}, text: full, until: 2099-12-31}]
sources:
`, h.front, s.public, s.admin, s.store, s.dir, h.drain, hash)
	for n, feed := range feeds {
		fmt.Fprintf(&b, "  - {id: %s, name: Source %d, home: \"http://%s.publisher.example/\", feed: %q, license: %s, every: %s}\n",
			sourceID(n), n, sourceID(n), feed, []string{"open", "house"}[n%2], "1m")
	}
	return b.String()
}

// startProxy starts nginx before the servers, as an operator would set it up who wants it to cache.
func (h *house) startProxy(t *testing.T) {
	h.front = "http://" + freeAddress(t)
	nginx, err := exec.LookPath("nginx")
	if err != nil {
		nginx = "/usr/sbin/nginx" // which is not in everybody's PATH
	}
	dir := t.TempDir()
	var servers strings.Builder
	for _, s := range h.servers {
		fmt.Fprintf(&servers, "server %s max_fails=1 fail_timeout=1s; ", s.public)
	}
	text := fmt.Sprintf(`daemon off; master_process off; pid %[1]s/pid; error_log %[1]s/error.log; worker_processes 1;
events { worker_connections 1024; }
http {
	access_log off; client_body_temp_path %[1]s/body; proxy_temp_path %[1]s/proxy; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s;
	proxy_cache_path %[1]s/cache keys_zone=shared:8m;
	upstream reprint { %[3]s keepalive 16; }
	server {
		listen %[2]s;
		location / {
			proxy_pass http://reprint; proxy_cache shared; proxy_cache_revalidate on; proxy_http_version 1.1; proxy_set_header Connection "";
			proxy_connect_timeout 1s; proxy_read_timeout 10s; proxy_cache_lock on; proxy_set_header Host $http_host;
		}
	}
}
`, dir, strings.TrimPrefix(h.front, "http://"), servers.String())
	path := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(nginx, "-p", dir, "-c", path, "-e", filepath.Join(dir, "error.log"))
	if err := cmd.Start(); err != nil {
		t.Fatalf("nginx does not start (make test installs it): %v", err)
	}
	t.Cleanup(func() { _, _ = cmd.Process.Kill(), cmd.Wait() })
}

// freeAddress is one that nobody listens at. It is on a loopback address of its own: until a server listens there, nobody
// else gets its port.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", fmt.Sprintf("127.%d.%d.%d:0", 64+random.IntN(64), random.IntN(256), 1+random.IntN(254)))
	if err != nil {
		t.Skipf("this machine has one loopback address only: %v", err)
	}
	defer l.Close()
	return l.Addr().String()
}

// waitFor waits until something is so, or fails.
func waitFor(t *testing.T, what string, within time.Duration, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(within); !is(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within %v", what, within)
		}
	}
}
