package main

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"reprint/cmd/reprint/config"
)

// TestMain lets the scripts run this binary as reprint.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"reprint": main,
	})
}

// TestScripts runs the scripts of testdata/script: what people type, and what they see.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", RequireExplicitExec: true, Cmds: map[string]func(*testscript.TestScript, bool, []string){"file-claim": fileClaim},
	})
}

// TestExample: the configuration that a publisher starts from is right.
func TestExample(t *testing.T) {
	t.Parallel()
	c, err := config.Load(filepath.Join("..", "..", "examples", "newsroom", "reprint.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Sources) != 2 || len(c.House.Channels) != 3 {
		t.Errorf("%d sources, %d channels", len(c.Sources), len(c.House.Channels))
	}
}

// newProcess is a process that writes to buffers.
func newProcess() (p *process, stdout, stderr *syncBuffer, reload chan os.Signal) {
	stdout, stderr, reload = new(syncBuffer), new(syncBuffer), make(chan os.Signal)
	return &process{stdout: stdout, stderr: stderr, now: time.Now, reload: reload, uid: 1000}, stdout, stderr, reload
}

// inProcess runs a command in this process until the returned function ends it.
func inProcess(t *testing.T, args ...string) (*process, *syncBuffer, chan os.Signal, func() int) {
	t.Helper()
	p, stdout, stderr, reload := newProcess()
	ctx, cancel := context.WithCancel(t.Context())
	code := make(chan int, 1)
	go func() { code <- run(ctx, p, args) }()
	stop := sync.OnceValue(func() int {
		cancel()
		c := <-code
		if t.Failed() {
			t.Logf("stderr:\n%s", stderr)
		}
		return c
	})
	return p, stdout, reload, stop
}

var pageAddress = regexp.MustCompile(`pages\s+(http://\S+?)/\n`)
