package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"

	"reprint/cache"
	"reprint/cmd/reprint/config"
)

type serveCmd struct {
	configFlag
}

// Help is the long help.
func (serveCmd) Help() string {
	return "Example:\n  reprint serve --config reprint.yaml\n\nSIGHUP reads the configuration again; a bad file keeps the last good one and says why.\nA store that does not answer is waited for.\nSIGINT and SIGTERM end it in order.\n\n" + exitHelp()
}

// Run serves until the process is told to end.
func (c *serveCmd) Run(ctx context.Context, p *process) error {
	conf, err := c.load()
	if err != nil {
		return err
	}
	log, done := newLog(ctx, p)
	defer done()
	store, err := awaitStore(ctx, log, conf.Store)
	if err != nil && ctx.Err() != nil {
		return nil // told to end before there was anything to serve
	}
	if err != nil {
		return err
	}
	defer store.Close()
	public, err := listen(ctx, conf.Listen, "listen")
	if err != nil {
		return err
	}
	defer public.Close()
	admin, err := listen(ctx, conf.AdminListen, "admin_listen")
	if err != nil {
		return err
	}
	defer admin.Close()
	if f := checkPrivate(conf.AdminListen); f.Severity != cache.OK {
		log.Warn("whoever reaches admin_listen can withdraw everything", "admin_listen", f.Detail, "remedy", f.Remedy)
	}
	l, err := openLedger(log, conf)
	if err != nil {
		return err
	}
	defer l.Close()
	s, err := newService(ctx, p, log, conf, store, l)
	if err != nil {
		return err
	}
	log.Info("serving", "version", version(), "public", public.Addr().String(), "admin", admin.Addr().String(),
		"sources", len(conf.Sources), "channels", len(conf.House.Channels))
	err = s.run(ctx, public, admin, func() (*config.Config, error) { return config.Load(c.Config) })
	log.Info("ended")
	return err
}

// listen opens a listener; its error names the key to change.
func listen(ctx context.Context, address, key string) (net.Listener, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s: %s is in use by another process; end it, or choose another address (%w)", key, address, syscall.EADDRINUSE)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	return l, nil
}
