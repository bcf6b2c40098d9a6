package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"reprint/cmd/reprint/config"
	"reprint/syndicate/access"
)

// The demo's newsroom: the feeds, pictures and configuration of four small publishers that
// do not exist.
//
//go:embed newsroom
var newsroomFiles embed.FS

// Names in the newsroom's files that are replaced by the addresses of this run.
const (
	newsroomURL = "http://newsroom.invalid"
	siteURL     = "http://site.invalid"
	noHash      = "0000000000000000000000000000000000000000000000000000000000000000"
)

type demoCmd struct {
	Listen      string `default:"127.0.0.1:8080" placeholder:"ADDRESS" help:"Where to serve; a free port if this one is taken."`
	AdminListen string `default:"127.0.0.1:8081" placeholder:"ADDRESS" help:"Where the console is; a free port if this one is taken."`
	Dir         string `placeholder:"DIR" help:"Where to keep the demo's files; a new temporary directory by default, which stays."`
}

// Help is the long help.
func (demoCmd) Help() string {
	return "Example:\n  reprint demo\n\nA small newsroom on this machine publishes four feeds; Reprint polls them, decides, and serves.\nNothing leaves the machine. End it with Ctrl-C.\n\n" + exitHelp()
}

// Run runs the newsroom and the service.
func (c *demoCmd) Run(ctx context.Context, p *process) error {
	dir, err := c.directory()
	if err != nil {
		return err
	}
	newsroom, err := listenNear(ctx, "127.0.0.1:0")
	if err != nil {
		return err
	}
	public, err := listenNear(ctx, c.Listen)
	if err != nil {
		return err
	}
	admin, err := listenNear(ctx, c.AdminListen)
	if err != nil {
		return err
	}
	token, err := access.NewSecret(rand.Reader)
	if err != nil {
		return err
	}
	conf, file, err := newsroomConfig(dir, token, newsroom.Addr(), public.Addr(), admin.Addr())
	if err != nil {
		return err
	}
	stop := serveNewsroom(newsroom)
	defer stop()
	log, done := newLog(ctx, &process{stderr: c.logFile(dir, p), terminal: true})
	defer done()
	store, err := openStore(ctx, conf.Store)
	if err != nil {
		return err
	}
	defer store.Close()
	l, err := openLedger(log, conf)
	if err != nil {
		return err
	}
	defer l.Close()
	s, err := newService(ctx, p, log, conf, store, l)
	if err != nil {
		return err
	}
	fmt.Fprint(p.stdout, welcome(conf, file, dir, token, newsroom.Addr()))
	return s.run(ctx, public, admin, func() (*config.Config, error) { return config.Load(file) })
}

// directory returns where the demo keeps its files.
func (c *demoCmd) directory() (string, error) {
	if c.Dir == "" {
		return os.MkdirTemp("", "reprint-demo-")
	}
	return c.Dir, os.MkdirAll(c.Dir, 0o750)
}

// logFile is where the demo logs, so that its few lines on the screen stay readable. A log
// that cannot be opened goes to the screen.
func (c *demoCmd) logFile(dir string, p *process) *os.File {
	f, err := os.OpenFile(filepath.Join(dir, "reprint.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		fmt.Fprintln(p.stderr, "reprint:", err)
		return os.Stderr
	}
	return f
}

// listenNear listens on an address, or on a free port of the same host if it is taken.
func listenNear(ctx context.Context, address string) (net.Listener, error) {
	l, err := listen(ctx, address, "listen")
	if err == nil {
		return l, nil
	}
	host, _, splitErr := net.SplitHostPort(address)
	if splitErr != nil {
		return nil, usage("%q is no address; write it as 127.0.0.1:8080", address)
	}
	free, freeErr := listen(ctx, net.JoinHostPort(host, "0"), "listen")
	if freeErr != nil {
		return nil, errors.Join(err, freeErr)
	}
	return free, nil
}

// newsroomConfig writes the newsroom's configuration with the addresses and the partner's
// token of this run.
func newsroomConfig(dir, token string, newsroom, public, admin net.Addr) (*config.Config, string, error) {
	text, err := newsroomFiles.ReadFile("newsroom/reprint.yaml")
	if err != nil {
		return nil, "", err
	}
	hash := access.HashOf(token)
	filled := strings.NewReplacer(noHash, hex.EncodeToString(hash[:]), newsroomURL, "http://"+newsroom.String(), siteURL, "http://"+public.String(),
		"public.invalid:1", public.String(), "admin.invalid:1", admin.String()).Replace(string(text))
	file := filepath.Join(dir, "reprint.yaml")
	if err := os.WriteFile(file, []byte(filled), 0o600); err != nil {
		return nil, "", err
	}
	conf, err := config.Load(file)
	return conf, file, err
}

// serveNewsroom plays the publishers' sites until the returned function is called.
func serveNewsroom(l net.Listener) (stop func()) {
	server := &http.Server{Handler: newsroomHandler("http://" + l.Addr().String()), ReadHeaderTimeout: 5 * time.Second}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(l)
	}()
	return func() {
		_ = server.Close()
		<-ended
	}
}

// newsroomHandler answers with the newsroom's files, and with a note for every page that a
// feed links to.
func newsroomHandler(base string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := path.Clean(r.URL.Path)
		content, err := fs.ReadFile(newsroomFiles, "newsroom"+name)
		if err != nil || name == "/reprint.yaml" {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprintf(w, "<!DOCTYPE html><title>Demo newsroom</title><p>This address belongs to the demo newsroom, which has feeds but no pages.")
			return
		}
		w.Header().Set("Content-Type", newsroomType(name))
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(bytes.ReplaceAll(content, []byte(newsroomURL), []byte(base))))
	})
}

func newsroomType(name string) string {
	switch path.Ext(name) {
	case ".atom":
		return "application/atom+xml"
	case ".xml":
		return "text/xml"
	case ".json":
		return "application/feed+json"
	}
	return mime.TypeByExtension(path.Ext(name))
}

// welcome says what is where and what to try.
func welcome(conf *config.Config, file, dir, token string, newsroom net.Addr) string {
	site := conf.House.Site.URL
	return fmt.Sprintf(`Reprint runs on a newsroom of its own: four feeds, nothing leaves this machine.

  pages       %[1]s/
  feeds       %[1]s/feeds/top.rss   .atom   .json      all: %[1]s/feeds.opml
  console     http://%[2]s/console
  settings    %[3]s

Try
  curl -s %[1]s/feeds/top.json | head -c 2000
  newsboat -r -u <(echo %[1]s/feeds/top.atom)
  reprint explain -c %[3]s http://%[4]s/voices/1.html     # a feed that is locked: why nothing of it is shown
  reprint explain -c %[3]s http://%[4]s/weekly/2.html     # three pictures, three verdicts

Be the partner valley-radio, whose agreement grants the whole text of the house's own items
  export REPRINT_TOKEN=%[5]s
  curl -si -H "Authorization: Bearer $REPRINT_TOKEN" %[1]s/feeds/weekly.json
  reprint pull %[1]s --dir %[6]s
  reprint partners -c %[3]s
  reprint ledger verify -c %[3]s

Ctrl-C ends it.
`, site, conf.AdminListen, file, newsroom, token, filepath.Join(dir, "reprints"))
}
