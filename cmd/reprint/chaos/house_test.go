package chaos

import (
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"reprint/syndicate/access"
)

// house are the servers of one store, and the proxy in front of them.
type house struct {
	servers []*server
	front   string // address of the proxy
	token   string // of the partner
	dir     string
}

// serverCount is how many servers share the store.
const serverCount = 3

// binary builds the program once.
func binary(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "reprint")
	if out, err := exec.Command("go", "build", "-o", path, "reprint/cmd/reprint").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

// open starts three servers on a store, and nginx before them.
func (h *house) open(t *testing.T, program, store string, p *publishers) {
	t.Helper()
	secret, err := access.NewSecret(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	h.token, h.dir, h.front = secret, t.TempDir(), "http://"+freeAddress(t)
	for n := range serverCount {
		s := &server{t: t, name: string(rune('a' + n)), program: program, public: freeAddress(t), admin: freeAddress(t)}
		s.dir = filepath.Join(h.dir, s.name)
		s.config = filepath.Join(s.dir, "reprint.yaml")
		if err := os.MkdirAll(s.dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(s.config, []byte(h.configuration(s, store, p)), 0o600); err != nil {
			t.Fatal(err)
		}
		h.servers = append(h.servers, s)
	}
	h.startProxy(t)
	for _, s := range h.servers {
		s.start()
		t.Cleanup(s.kill)
	}
}

// configuration is the file of a server. Half of the sources grant the public the whole text, and half a part.
func (h *house) configuration(s *server, store string, p *publishers) string {
	var b strings.Builder
	hash := access.HashOf(h.token)
	fmt.Fprintf(&b, `site: {name: Chaos, url: %q, contact: {email: rights@chaos.example}, unknown_origin: open}
listen: %s
admin_listen: %s
store: %q
data: %q
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
`, h.front, s.public, s.admin, store, s.dir, hash)
	for n, feed := range p.feeds {
		fmt.Fprintf(&b, "  - {id: %s, name: Source %d, home: \"http://%s.publisher.example/\", feed: %q, license: %s, every: %s}\n",
			sourceID(n), n, sourceID(n), feed, []string{"open", "house"}[n%2], "1m")
	}
	return b.String()
}

// startProxy starts nginx, as an operator would set it up who wants it to cache.
func (h *house) startProxy(t *testing.T) {
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

// freeAddress is one that nobody listens at.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
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
