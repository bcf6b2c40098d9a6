package redis

import goredis "github.com/redis/go-redis/v9"

// identifying is the part of a script that tells what the store is: its greatest epoch, the sum of its entries, the
// process, history and store that answer, which change where data may have fallen back, for how many milliseconds
// they have been the same, and how many replicas there are. A store that is nothing yet becomes what the caller proposes.
const identifying = mending + `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function identify()
	mend(KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5])
	redis.call('SETNX', KEYS[1], ARGV[1])
	local id = redis.call('GET', KEYS[1])
	local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') or '?'
	local replication = redis.call('INFO', 'replication')
	local history = string.match(replication, 'master_replid:(%w+)') or '?'
	local answers = run .. ' ' .. history .. ' ' .. id
	local known, since = string.match(redis.call('GET', KEYS[6]) or '', '^([^\t]*)\t(%d+)$')
	if known ~= answers or tonumber(since) > now then -- a moment in the future is from before the clock was set back
		since = string.format('%.0f', now)
		redis.call('SET', KEYS[6], answers .. '\t' .. since)
	end
	local age = math.max(now - tonumber(since), 0)
	return {id, redis.call('GET', KEYS[2]) or '0', redis.call('GET', KEYS[3]) or '0', answers, string.format('%.0f', age), string.match(replication, 'connected_slaves:(%d+)') or '0'}
end
`

// identityScript returns what the store is.
//
// KEYS identity, epoch, sum, withdrawn, epochs, run
// ARGV random
var identityScript = goredis.NewScript(identifying + `
return identify()
`)

// beatScript notes that a server lives and returns what the store is.
//
// KEYS identity, epoch, sum, withdrawn, epochs, run, servers
// ARGV random, server, applied, JSON
var beatScript = goredis.NewScript(identifying + `
redis.call('HSET', KEYS[7], ARGV[2], string.format('%.0f', now) .. '\t' .. ARGV[3] .. '\t' .. ARGV[4])
return identify()
`)

// serversScript lists the servers, each with its age in milliseconds before it, and forgets
// those that are older than a limit. A clock that is set back makes nobody young for longer than his lease.
//
// KEYS servers
// ARGV limit
var serversScript = goredis.NewScript(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local all = redis.call('HGETALL', KEYS[1])
local list = {}
for i = 1, #all, 2 do
	local at, rest = string.match(all[i+1], '^(%d+)\t(.*)$')
	local age = now - tonumber(at)
	if age < 0 then -- from before the clock was set back: it is reckoned from now on
		age = 0
		redis.call('HSET', KEYS[1], all[i], string.format('%.0f', now) .. '\t' .. rest)
	end
	if age < tonumber(ARGV[1]) then
		table.insert(list, all[i])
		table.insert(list, string.format('%.0f', age) .. '\t' .. rest)
	else
		redis.call('HDEL', KEYS[1], all[i])
	end
end
return list
`)
