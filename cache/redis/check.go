package redis

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"reprint/cache"
)

// Check implements cache.Store.
func (s *Store) Check(ctx context.Context) []cache.Finding {
	info, err := s.client.Info(ctx, "server", "persistence", "memory", "replication").Result()
	if err != nil {
		return []cache.Finding{{Check: "redis", Severity: cache.Refuse, Detail: err.Error(), Remedy: "start Redis, or change the key store"}}
	}
	facts := parseInfo(info)
	return []cache.Finding{checkVersion(facts), s.checkEviction(ctx), s.checkAppendOnly(ctx), s.checkSync(ctx), checkWriting(facts), s.checkMemory(ctx, facts)}
}

// parseInfo reads the answer of INFO.
func parseInfo(text string) map[string]string {
	facts := make(map[string]string)
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			facts[name] = value
		}
	}
	return facts
}

func checkVersion(facts map[string]string) cache.Finding {
	f := cache.Finding{Check: "redis version", Detail: facts["redis_version"]}
	major, _, _ := strings.Cut(f.Detail, ".")
	if n, err := strconv.Atoi(major); err != nil || n < 7 {
		f.Severity, f.Remedy = cache.Refuse, "install Redis 7.0 or newer"
	}
	return f
}

// setting reads one setting; ok is false where the server does not tell.
func (s *Store) setting(ctx context.Context, name string) (value string, ok bool) {
	values, err := s.client.ConfigGet(ctx, name).Result()
	if err != nil {
		return "", false
	}
	value, ok = values[name]
	return value, ok
}

// untold is the finding where CONFIG is forbidden, as with many providers.
func untold(check, name, want string) cache.Finding {
	return cache.Finding{Check: check, Severity: cache.Warn, Detail: "the server does not tell " + name, Remedy: "make sure at your provider that it is " + want}
}

func (s *Store) checkEviction(ctx context.Context) cache.Finding {
	f := cache.Finding{Check: "redis eviction policy"}
	policy, ok := s.setting(ctx, "maxmemory-policy")
	if !ok {
		return untold(f.Check, "maxmemory-policy", "noeviction")
	}
	f.Detail = "maxmemory-policy " + policy
	if policy != "noeviction" {
		f.Severity, f.Remedy = cache.Refuse, "set it with: redis-cli CONFIG SET maxmemory-policy noeviction, and in redis.conf; this is the record, not a cache"
	}
	return f
}

func (s *Store) checkAppendOnly(ctx context.Context) cache.Finding {
	f := cache.Finding{Check: "redis persistence"}
	on, ok := s.setting(ctx, "appendonly")
	if !ok {
		return untold(f.Check, "appendonly", "yes")
	}
	f.Detail = "appendonly " + on
	if on != "yes" {
		f.Severity, f.Remedy = cache.Warn, "set it with: redis-cli CONFIG SET appendonly yes, and in redis.conf; a restart loses what came since the last snapshot"
	}
	return f
}

func (s *Store) checkSync(ctx context.Context) cache.Finding {
	f := cache.Finding{Check: "redis sync to disk"}
	sync, ok := s.setting(ctx, "appendfsync")
	if !ok {
		return untold(f.Check, "appendfsync", "everysec or always")
	}
	f.Detail = "appendfsync " + sync
	if sync == "no" {
		f.Severity, f.Remedy = cache.Warn, "set it with: redis-cli CONFIG SET appendfsync everysec, and in redis.conf"
	}
	return f
}

// checkWriting looks whether Redis can write to its disk at the moment.
func checkWriting(facts map[string]string) cache.Finding {
	f := cache.Finding{Check: "redis writes", Detail: "last writes to disk succeeded"}
	for _, name := range []string{"aof_last_write_status", "aof_last_bgrewrite_status", "rdb_last_bgsave_status"} {
		if status, ok := facts[name]; ok && status != "ok" {
			f.Severity, f.Detail, f.Remedy = cache.Refuse, name+" "+status, "look into the log of Redis; its disk may be full or not writable"
		}
	}
	if role := facts["role"]; role != "" && role != "master" {
		f.Severity, f.Detail, f.Remedy = cache.Refuse, "this server is a "+role, "name the master in the key store, or use redis+sentinel://"
	}
	return f
}

// mostUsed is the share of maxmemory from which on the operator should know.
const mostUsed = 0.8

func (s *Store) checkMemory(ctx context.Context, facts map[string]string) cache.Finding {
	used, _ := strconv.ParseFloat(facts["used_memory"], 64)
	most, _ := strconv.ParseFloat(facts["maxmemory"], 64)
	f := cache.Finding{Check: "redis memory", Detail: fmt.Sprintf("%.0f MiB used, no limit", used/(1<<20))}
	if most > 0 {
		f.Detail = fmt.Sprintf("%.0f of %.0f MiB used", used/(1<<20), most/(1<<20))
		if used > mostUsed*most {
			f.Severity, f.Remedy = cache.Warn, "raise maxmemory: when it is reached nothing new can be stored"
		}
	}
	return f
}
