package redis

import goredis "github.com/redis/go-redis/v9"

// Each script works on one slot, checks before it writes, and may be sent twice: the second
// time changes nothing.

// fenced is the answer of a script that wrote nothing because the source has gone over to another
// server.
const fenced = "fenced"

// isFenced is the part of a script that tells whether the state of a poll has another fence than
// one that may replace it.
const isFenced = `
local function is_fenced(key, fence)
	local state = fence ~= '' and redis.call('GET', key)
	return state and tonumber(cjson.decode(state).Fence or 0) > tonumber(fence)
end
`

// appending is the part of a script that appends to the journal. A position is never below the
// clock, in microseconds: a failover that lost the last ones cannot give one out twice, and who
// reads from a lost one goes on without a gap.
const appending = `
local function append(head, log, ...)
	local time = redis.call('TIME')
	local position = string.format('%.0f', math.max(tonumber(redis.call('GET', head) or '0') + 1, time[1] * 1000000 + time[2]))
	redis.call('SET', head, position)
	redis.call('XADD', log, position .. '-0', ...)
end
`

// putScript stores items of one source, if what the store has of each is still what the
// caller saw, and notes the changes in the outbox. It returns all that waits there, after the number of
// the last change that is known to be in the journal; or false where somebody else was faster.
//
// A change's number is never below the clock, so that a failover that lost the last numbers
// cannot give one out twice.
//
// KEYS known, items, rank, seq, outbox, poll, recent
// ARGV at, fence or empty, then for each item: id, what the caller saw, what is known now, score, item, kind, revision
var putScript = goredis.NewScript(isFenced + `
if is_fenced(KEYS[6], ARGV[2]) then return {'fenced'} end
for i = 3, #ARGV, 7 do
	if (redis.call('HGET', KEYS[1], ARGV[i]) or '') ~= ARGV[i+1] then return false end
end
local time = redis.call('TIME')
local seq = math.max(tonumber(redis.call('GET', KEYS[4]) or '0'), time[1] * 1000000 + time[2])
for i = 3, #ARGV, 7 do
	seq = seq + 1
	redis.call('HSET', KEYS[1], ARGV[i], ARGV[i+2])
	redis.call('HSET', KEYS[2], ARGV[i], ARGV[i+4])
	redis.call('ZADD', KEYS[3], ARGV[i+3], ARGV[i])
	redis.call('RPUSH', KEYS[5], table.concat({string.format('%.0f', seq), ARGV[i+5], ARGV[i], ARGV[i+6], ARGV[1]}, '\t'))
end
if #ARGV > 2 then redis.call('SET', KEYS[4], string.format('%.0f', seq)) end
local waiting = redis.call('LRANGE', KEYS[5], 0, -1)
table.insert(waiting, 1, string.match(redis.call('LINDEX', KEYS[7], -1) or '0', '^%d+'))
return waiting
`)

// publishScript appends the changes of one source that are not in the journal yet, and
// returns the number of the last one that is. Where the journal has lost changes that it had, because its
// slot fell back and that of the source did not, it returns false and appends nothing: they come first.
//
// KEYS log, head, done
// ARGV source, number of the last change that was in the journal before these, then the entries of its outbox
var publishScript = goredis.NewScript(appending + `
local done = tonumber(redis.call('HGET', KEYS[3], ARGV[1]) or '0')
if done < tonumber(ARGV[2]) then return false end
for i = 3, #ARGV do
	local seq, kind, item, revision, at = string.match(ARGV[i], '^(%d+)\t(%a+)\t([^\t]+)\t([^\t]*)\t(%-?%d+)$')
	if tonumber(seq) > done then
		append(KEYS[2], KEYS[1], 'kind', kind, 'item', item, 'source', ARGV[1], 'revision', revision, 'at', at)
		done = tonumber(seq)
	end
end
done = string.format('%.0f', done)
redis.call('HSET', KEYS[3], ARGV[1], done)
return done
`)

// finishScript takes what is in the journal out of the outbox, keeps it for a while longer as recent, and saves the
// state of the poll, if there is one.
//
// KEYS outbox, poll, recent
// ARGV number of the last change in the journal, state of the poll or empty, fence or empty, how many microseconds to keep
var finishScript = goredis.NewScript(isFenced + `
local function number(list)
	return tonumber(string.match(redis.call('LINDEX', list, 0) or '1e300', '^%w+'))
end
while number(KEYS[1]) <= tonumber(ARGV[1]) do
	redis.call('RPUSH', KEYS[3], redis.call('LPOP', KEYS[1]))
end
local time = redis.call('TIME')
while redis.call('LLEN', KEYS[3]) > 1 and number(KEYS[3]) < time[1] * 1000000 + time[2] - tonumber(ARGV[4]) do
	redis.call('LPOP', KEYS[3])
end
if is_fenced(KEYS[2], ARGV[3]) then return 'fenced' end
if ARGV[2] ~= '' then redis.call('SET', KEYS[2], ARGV[2]) end
return 1
`)

// savePollScript saves the state of a poll.
//
// KEYS poll
// ARGV state, fence
var savePollScript = goredis.NewScript(isFenced + `
if is_fenced(KEYS[1], ARGV[2]) then return 'fenced' end
redis.call('SET', KEYS[1], ARGV[1])
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

// revokeScript remembers a revocation and journals it, the first time only.
//
// KEYS revoked, head, log
// ARGV partner/token, at
var revokeScript = goredis.NewScript(appending + `
if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
append(KEYS[2], KEYS[3], 'kind', 'revoke', 'item', ARGV[1], 'source', '', 'revision', '', 'at', ARGV[2])
return 1
`)

// holdScript merges what a partner was sent into what it was sent before.
//
// KEYS held, holds
// ARGV for each item: id, form, pictures, first, last
var holdScript = goredis.NewScript(`
for i = 1, #ARGV, 5 do
	local form, pictures, first, last = tonumber(ARGV[i+1]), tonumber(ARGV[i+2]), tonumber(ARGV[i+3]), tonumber(ARGV[i+4])
	local known = redis.call('HGET', KEYS[1], ARGV[i])
	if known then
		local f, p, a, z = string.match(known, '^(%d+) (%d+) (%-?%d+) (%-?%d+)$')
		form, pictures = math.max(form, tonumber(f)), math.max(pictures, tonumber(p))
		first, last = math.min(first, tonumber(a)), math.max(last, tonumber(z))
	end
	redis.call('HSET', KEYS[1], ARGV[i], string.format('%d %d %.0f %.0f', form, pictures, first, last))
	redis.call('ZADD', KEYS[2], 0, ARGV[i])
end
return 1
`)

// allotScript gives items a place, as long as the day has any, and returns those that have one.
//
// KEYS places, days
// ARGV name, day, most, then the ids
var allotScript = goredis.NewScript(`
local today = ARGV[1] .. '\t' .. ARGV[2]
local given = tonumber(redis.call('HGET', KEYS[2], today) or '0')
local placed = {}
for i = 4, #ARGV do
	local place = ARGV[1] .. '\t' .. ARGV[i]
	local has = redis.call('HEXISTS', KEYS[1], place) == 1
	if not has and given < tonumber(ARGV[3]) then
		redis.call('HSET', KEYS[1], place, ARGV[2])
		given = redis.call('HINCRBY', KEYS[2], today, 1)
		has = true
	end
	if has then table.insert(placed, ARGV[i]) end
end
return placed
`)

// tallyScript adds counts up, if the ledger was counted exactly up to where they begin. It
// returns up to where the ledger is counted now.
//
// KEYS counted, tallies, recent
// ARGV ledger, from, up to, then for each count: partner, source, six numbers, first, last, recent
var tallyScript = goredis.NewScript(`
local counted = redis.call('HGET', KEYS[1], ARGV[1]) or '0'
if counted ~= ARGV[2] then return counted end
local names = {'pulls', 'items', 'full', 'excerpts', 'links', 'pictures'}
for i = 4, #ARGV, 11 do
	local row = ARGV[i] .. '\t' .. ARGV[i+1] .. '\t'
	for n, name in ipairs(names) do redis.call('HINCRBY', KEYS[2], row .. name, ARGV[i+1+n]) end
	local first, last = redis.call('HGET', KEYS[2], row .. 'first'), redis.call('HGET', KEYS[2], row .. 'last')
	if not first or tonumber(first) > tonumber(ARGV[i+8]) then redis.call('HSET', KEYS[2], row .. 'first', ARGV[i+8]) end
	if not last or tonumber(last) < tonumber(ARGV[i+9]) then redis.call('HSET', KEYS[2], row .. 'last', ARGV[i+9]) end
	if ARGV[i+10] ~= '' then
		local times = {}
		for t in string.gmatch(ARGV[i+10] .. ' ' .. (redis.call('HGET', KEYS[3], ARGV[i]) or ''), '%-?%d+') do table.insert(times, t) end
		table.sort(times, function(a, b) return tonumber(a) > tonumber(b) end)
		redis.call('HSET', KEYS[3], ARGV[i], table.concat(times, ' ', 1, math.min(#times, 20)))
	end
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return ARGV[3]
`)
