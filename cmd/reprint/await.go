package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"reprint/cache"
	"reprint/cache/redis"
	"reprint/cache/sqlite"
)

// How long a server rests before it tries again to reach its store, at first and at last. One that is starting is
// there within a second; one that is down for an hour is asked no more often than a log may tell of it.
const (
	firstRest = time.Second
	longRest  = 15 * time.Second
)

// awaitStore opens the store as soon as it answers: a server that is started together with its store, or while that is down,
// needs nobody to start it again. What time does not mend is an error at once, and so is the end of ctx.
func awaitStore(ctx context.Context, log *slog.Logger, url string) (cache.Store, error) {
	for rest := firstRest; ; rest = min(2*rest, longRest) {
		store, err := openStore(ctx, url)
		if ctx.Err() != nil || !mayCome(url, err) {
			return store, err
		}
		log.Warn("the server does not start before its store answers, and tries again", "in", rest, "error", err, "remedy", "start the store, or correct the key store")
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(rest):
		}
	}
}

// mayCome tells whether a store that could not be opened may be opened later, without anybody changing something here: a file that
// is not locked can be opened or not, and a password is right or wrong.
func mayCome(url string, err error) bool {
	if strings.HasPrefix(url, embedded) {
		return sqlite.IsBusy(err)
	}
	return errors.Is(err, cache.ErrUnavailable) && !errors.Is(err, redis.ErrPassword)
}
