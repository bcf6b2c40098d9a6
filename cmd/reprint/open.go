package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"reprint/cache"
	"reprint/cache/redis"
	"reprint/cache/sqlite"
)

// storePassword is the environment variable with the password of the store, which must not
// stand in the configuration.
const storePassword = "REPRINT_STORE_PASSWORD"

// embedded is how the addresses of stores begin that are files.
const embedded = "sqlite:"

// openStore opens the store that a configuration names.
func openStore(ctx context.Context, url string) (cache.Store, error) {
	if path, ok := strings.CutPrefix(url, embedded); ok {
		store, err := sqlite.Open(ctx, path)
		if err != nil {
			return nil, fmt.Errorf("store %s: %w", path, err)
		}
		return store, nil
	}
	store, err := redis.Open(ctx, url, os.Getenv(storePassword))
	if errors.Is(err, redis.ErrPassword) {
		return nil, fmt.Errorf("store: %w; the password is read from %s", err, storePassword)
	}
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return store, nil
}
