package redis

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

const (
	defaultPrefix = "reprint"
	poolSize      = 20
	callTime      = 5 * time.Second // of one command, unless the caller's context ends before
	dialTime      = 3 * time.Second
)

// parseURL reads the URL of a store. Errors never repeat it, because it may hold a password.
func parseURL(address string) (*goredis.UniversalOptions, string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, "", errors.New("the address is no URL; write redis://HOST:PORT/DB")
	}
	query := u.Query()
	prefix := query.Get("prefix")
	query.Del("prefix")
	if len(query) > 0 {
		return nil, "", errors.New("the only parameter of the address is prefix")
	}
	if prefix == "" {
		prefix = defaultPrefix
	}
	if strings.ContainsAny(prefix, "{}") {
		return nil, "", errors.New("the prefix must not hold { or }")
	}
	options := newOptions(strings.Split(u.Host, ","))
	if u.User != nil {
		options.Username = u.User.Username()
		options.Password, _ = u.User.Password()
	}
	return options, prefix, readScheme(options, u)
}

// newOptions are the options of every client. A command is never repeated by the library,
// heeds its context, and nothing about us is announced to the server.
func newOptions(hosts []string) *goredis.UniversalOptions {
	for i, h := range hosts {
		if !strings.Contains(h, ":") {
			hosts[i] = h + ":6379"
		}
	}
	return &goredis.UniversalOptions{
		Addrs: hosts, MaxRetries: -1, ContextTimeoutEnabled: true, DisableIdentity: true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
		PoolSize:                 poolSize, DialTimeout: dialTime, ReadTimeout: callTime, WriteTimeout: callTime,
	}
}

// readScheme reads what differs between the ways to run Redis.
func readScheme(o *goredis.UniversalOptions, u *url.URL) error {
	path := strings.Trim(u.Path, "/")
	switch u.Scheme {
	case "rediss":
		o.TLSConfig = newTLS(u.Hostname())
		fallthrough
	case "redis":
		if len(o.Addrs) != 1 {
			return errors.New("redis:// names one server; for several write redis+sentinel:// or redis+cluster://")
		}
		return readDB(o, path)
	case "redis+sentinel":
		master, db, _ := strings.Cut(path, "/")
		if master == "" {
			return errors.New("the address of sentinels ends with the name of the master: redis+sentinel://HOST:PORT/MASTER/DB")
		}
		o.MasterName = master
		return readDB(o, db)
	case "redis+cluster":
		o.IsClusterMode = true
		return nil
	}
	return fmt.Errorf("%s:// is no store; write sqlite:PATH, redis://, rediss://, redis+sentinel:// or redis+cluster://", u.Scheme)
}

func readDB(o *goredis.UniversalOptions, db string) error {
	if db == "" {
		return nil
	}
	n, err := strconv.Atoi(db)
	if err != nil || n < 0 {
		return fmt.Errorf("the number of the database %q is no number; write redis://HOST:PORT/0", db)
	}
	o.DB = n
	return nil
}
