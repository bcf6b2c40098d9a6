// Command reprint is rights-aware feed syndication in one binary: it takes in partner
// feeds, decides for every item who may have what, and publishes attributed feeds.
//
// reprint --help lists the commands, and cli.go is where they begin.
//
// What a command was asked for goes to standard output, what happened on the way to
// standard error. Exit codes are listed in exit.go.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	reload := make(chan os.Signal, 1)
	signal.Notify(reload, syscall.SIGHUP)
	p := &process{
		stdout: os.Stdout, stderr: os.Stderr, terminal: isTerminal(os.Stderr),
		now: time.Now, reload: reload, uid: os.Getuid(),
	}
	code := run(ctx, p, os.Args[1:])
	stop()
	os.Exit(code)
}

// isTerminal tells whether people read the file as it is written.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
