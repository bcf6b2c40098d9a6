package redis

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"reprint/cache"
)

// Enroll implements cache.Store.
func (s *Store) Enroll(ctx context.Context, server string, lease time.Duration) (cache.Roll, error) {
	var reply []string
	err := persist(ctx, func() error {
		var err error
		reply, err = enrollScript.Run(ctx, s.client, []string{s.keys.enrolled(), s.keys.turn()}, server, lease.Milliseconds(), cache.LongestLease.Milliseconds()).StringSlice()
		return err
	})
	if err != nil {
		return cache.Roll{}, err
	}
	if len(reply) < 2 {
		return cache.Roll{}, fmt.Errorf("roll of %d parts", len(reply))
	}
	session, err := strconv.ParseInt(reply[0], 10, 64)
	servers := reply[1:]
	slices.Sort(servers)
	return cache.Roll{Session: session, Servers: servers}, err
}

// Claim implements cache.Store.
func (s *Store) Claim(ctx context.Context, server string, session int64, take, leave []string) (map[string]int64, error) {
	arguments := []any{server, session, len(leave)}
	for _, source := range slices.Concat(leave, take) {
		arguments = append(arguments, source)
	}
	var reply []string
	err := persist(ctx, func() error {
		var err error
		reply, err = claimScript.Run(ctx, s.client, []string{s.keys.enrolled(), s.keys.turn(), s.keys.claims()}, arguments...).StringSlice()
		return err
	})
	if err != nil {
		return nil, err
	}
	fences := make(map[string]int64, len(reply)/2)
	for i := 0; i+1 < len(reply); i += 2 {
		if fences[reply[i]], err = strconv.ParseInt(reply[i+1], 10, 64); err != nil {
			return nil, fmt.Errorf("claim of %s: %w", reply[i], err)
		}
	}
	return fences, nil
}

// Retire implements cache.Store.
func (s *Store) Retire(ctx context.Context, server string) error {
	return persist(ctx, func() error { return s.client.HDel(ctx, s.keys.enrolled(), server).Err() })
}

// Holders implements cache.Store.
func (s *Store) Holders(ctx context.Context) (map[string]string, error) {
	var reply []string
	err := persist(ctx, func() error {
		var err error
		reply, err = holdersScript.Run(ctx, s.client, []string{s.keys.enrolled(), s.keys.claims()}).StringSlice()
		return err
	})
	if err != nil {
		return nil, err
	}
	holders := make(map[string]string, len(reply))
	for _, claim := range reply {
		source, server, _ := strings.Cut(claim, "\t")
		holders[source] = server
	}
	return holders, nil
}

// enrollScript renews the session of a server, or begins one, and returns it with the servers
// that poll. A session's number, and a fence, is never below the clock: a failover that
// lost the last numbers cannot give one out twice.
//
// KEYS enrolled, turn
// ARGV server, lease in milliseconds, longest lease in milliseconds
var enrollScript = goredis.NewScript(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local latest = now + tonumber(ARGV[3])
local servers, session = {}, nil
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
	local until_, number = string.match(all[i+1], '^(%d+)\t(%d+)$')
	if tonumber(until_) > latest then -- from before the clock was set back
		redis.call('HSET', KEYS[1], all[i], string.format('%.0f', latest) .. '\t' .. number)
	end
	if tonumber(until_) <= now then
		redis.call('HDEL', KEYS[1], all[i])
	elseif all[i] == ARGV[1] then
		session = number
	else
		table.insert(servers, all[i])
	end
end
if not session then
	session = string.format('%.0f', math.max(tonumber(redis.call('GET', KEYS[2]) or '0') + 1, time[1] * 1000000 + time[2]))
	redis.call('SET', KEYS[2], session)
end
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', now + tonumber(ARGV[2])) .. '\t' .. session)
table.insert(servers, 1, ARGV[1])
table.insert(servers, 1, session)
return servers
`)

// claimScript gives up sources and takes those that are free, if the session still runs. It
// returns what the session holds of those that it wants, each with its fence.
//
// KEYS enrolled, turn, claims
// ARGV server, session, how many it gives up, those, then those that it wants
var claimScript = goredis.NewScript(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local alive = {}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
	local until_, number = string.match(all[i+1], '^(%d+)\t(%d+)$')
	if tonumber(until_) > now then alive[number] = all[i] end
end
if alive[ARGV[2]] ~= ARGV[1] then return {} end
local first = 4 + tonumber(ARGV[3])
for i = 4, first - 1 do
	local session = string.match(redis.call('HGET', KEYS[3], ARGV[i]) or '', '^%d+')
	if session == ARGV[2] then redis.call('HDEL', KEYS[3], ARGV[i]) end
end
local fence = string.format('%.0f', math.max(tonumber(redis.call('GET', KEYS[2]) or '0') + 1, time[1] * 1000000 + time[2]))
redis.call('SET', KEYS[2], fence)
local held = {}
for i = first, #ARGV do
	local session, known = string.match(redis.call('HGET', KEYS[3], ARGV[i]) or '', '^(%d+)\t(%d+)$')
	if session ~= ARGV[2] and not alive[session or ''] then
		session, known = ARGV[2], fence
		redis.call('HSET', KEYS[3], ARGV[i], session .. '\t' .. known)
	end
	if session == ARGV[2] then
		table.insert(held, ARGV[i])
		table.insert(held, known)
	end
end
return held
`)

// holdersScript returns the sources that are held, each with its server after a tab.
//
// KEYS enrolled, claims
var holdersScript = goredis.NewScript(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local alive = {}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
	local until_, number = string.match(all[i+1], '^(%d+)\t(%d+)$')
	if tonumber(until_) > now then alive[number] = all[i] end
end
local held = {}
all = redis.call('HGETALL', KEYS[2])
for i = 1, #all, 2 do
	local server = alive[string.match(all[i+1], '^%d+')]
	if server then table.insert(held, all[i] .. '\t' .. server) end
end
return held
`)
