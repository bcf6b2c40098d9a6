package redis

import goredis "github.com/redis/go-redis/v9"

// Each script works on one slot, checks before it writes, and may be sent twice: the second
// time changes nothing.

// putScript stores items of one source, if what the store has of each is still what the
// caller saw, and notes the changes in the outbox. It returns all that waits there, or
// false where somebody else was faster.
//
// A change's number is never below the clock, so that a failover that lost the last numbers
// cannot give one out twice.
//
// KEYS known, items, rank, seq, outbox
// ARGV at, then for each item: id, what the caller saw, what is known now, score, item, kind, revision
var putScript = goredis.NewScript(`
for i = 2, #ARGV, 7 do
	if (redis.call('HGET', KEYS[1], ARGV[i]) or '') ~= ARGV[i+1] then return false end
end
local time = redis.call('TIME')
local seq = math.max(tonumber(redis.call('GET', KEYS[4]) or '0'), time[1] * 1000000 + time[2])
for i = 2, #ARGV, 7 do
	seq = seq + 1
	redis.call('HSET', KEYS[1], ARGV[i], ARGV[i+2])
	redis.call('HSET', KEYS[2], ARGV[i], ARGV[i+4])
	redis.call('ZADD', KEYS[3], ARGV[i+3], ARGV[i])
	redis.call('RPUSH', KEYS[5], table.concat({string.format('%.0f', seq), ARGV[i+5], ARGV[i], ARGV[i+6], ARGV[1]}, '\t'))
end
if #ARGV > 1 then redis.call('SET', KEYS[4], string.format('%.0f', seq)) end
return redis.call('LRANGE', KEYS[5], 0, -1)
`)

// publishScript appends the changes of one source that are not in the journal yet, and
// returns the number of the last one that is.
//
// KEYS log, head, done
// ARGV source, then the entries of its outbox
var publishScript = goredis.NewScript(`
local done = tonumber(redis.call('HGET', KEYS[3], ARGV[1]) or '0')
for i = 2, #ARGV do
	local seq, kind, item, revision, at = string.match(ARGV[i], '^(%d+)\t(%a+)\t([^\t]+)\t([^\t]*)\t(%-?%d+)$')
	if tonumber(seq) > done then
		local position = redis.call('INCR', KEYS[2])
		redis.call('XADD', KEYS[1], string.format('%.0f-0', position), 'kind', kind, 'item', item, 'source', ARGV[1], 'revision', revision, 'at', at)
		done = tonumber(seq)
	end
end
done = string.format('%.0f', done)
redis.call('HSET', KEYS[3], ARGV[1], done)
return done
`)

// finishScript takes what is in the journal out of the outbox and saves the state of the
// poll, if there is one.
//
// KEYS outbox, poll
// ARGV number of the last change in the journal, state of the poll or empty
var finishScript = goredis.NewScript(`
while true do
	local first = redis.call('LINDEX', KEYS[1], 0)
	if not first or tonumber(string.match(first, '^%d+')) > tonumber(ARGV[1]) then break end
	redis.call('LPOP', KEYS[1])
end
if ARGV[2] ~= '' then redis.call('SET', KEYS[2], ARGV[2]) end
return 1
`)

// stampScript returns the second at which a document last changed, and notes a change.
//
// KEYS stamps
// ARGV document, digest, now
var stampScript = goredis.NewScript(`
local digest, at = string.match(redis.call('HGET', KEYS[1], ARGV[1]) or '', '^(.*) (%-?%d+)$')
if digest == ARGV[2] then return at end
local now = tonumber(ARGV[3])
if at and tonumber(at) >= now then now = tonumber(at) + 1 end
now = string.format('%.0f', now)
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. now)
return now
`)
