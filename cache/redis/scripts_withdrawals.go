package redis

import goredis "github.com/redis/go-redis/v9"

// summing is the part of a script that knows how the entries of withdrawals are summed up, as syndicate.Withdrawals.Sum
// does.
const summing = `
local size = 2 ^ 48
local function fingerprint(target, epoch, reinstated)
	return tonumber(string.sub(redis.sha1hex(target .. ' ' .. epoch .. ' ' .. reinstated), 1, 12), 16)
end
`

// mending is the part of a script that makes the keys of the withdrawals one again where some of them are lost and others
// are not, which is no fallback but somebody's hand, or an eviction. What is left of the entries counts. The store is
// another one from then on, so that every server compares what it knows.
const mending = summing + `
local function mend(identity, epoch, sum, withdrawn, epochs)
	local entries, kept = redis.call('HLEN', withdrawn), redis.call('EXISTS', epoch, sum)
	if entries == redis.call('ZCARD', epochs) and kept == math.min(2 * entries, 2) then return end
	local greatest, total = tonumber(redis.call('GET', epoch) or '0'), 0
	redis.call('DEL', identity, epoch, sum, epochs)
	if entries == 0 then return end
	local all = redis.call('HGETALL', withdrawn)
	for i = 1, #all, 2 do
		local at, reinstated = string.match(all[i+1], '^(%d+)\t(%a+)\t')
		redis.call('ZADD', epochs, at, all[i])
		greatest, total = math.max(greatest, tonumber(at)), (total + fingerprint(all[i], at, reinstated)) % size
	end
	redis.call('SET', epoch, string.format('%.0f', greatest))
	redis.call('SET', sum, string.format('%.0f', total))
end
`

// entering is the part of a script that keeps entries about targets, with the sum of all. What it keeps of an entry is
// its epoch, whether it puts back, its key and the entry as JSON, with tabs between.
const entering = appending + mending + `
mend(KEYS[7], KEYS[3], KEYS[6], KEYS[1], KEYS[2])
local function standing(target)
	local known = redis.call('HGET', KEYS[1], target)
	if not known then return false end
	local epoch, reinstated, key, json = string.match(known, '^(%d+)\t(%a+)\t(.*)\t([^\t]*)$')
	return {text = known, epoch = epoch, reinstated = reinstated, key = key, json = json}
end
local function enter(known, target, epoch, reinstated, key, json, kind, item, source, at)
	local sum = tonumber(redis.call('GET', KEYS[6]) or '0')
	if known then sum = sum - fingerprint(target, known.epoch, known.reinstated) end
	if epoch > tonumber(redis.call('GET', KEYS[3]) or '0') then redis.call('SET', KEYS[3], string.format('%.0f', epoch)) end
	epoch = string.format('%.0f', epoch)
	sum = (sum + fingerprint(target, epoch, reinstated)) % size
	redis.call('SET', KEYS[6], string.format('%.0f', sum))
	local entry = epoch .. '\t' .. reinstated .. '\t' .. key .. '\t' .. json
	redis.call('HSET', KEYS[1], target, entry)
	redis.call('ZADD', KEYS[2], epoch, target)
	append(KEYS[4], KEYS[5], 'kind', kind, 'item', item, 'source', source, 'revision', '', 'at', at)
	return entry
end
`

// withdrawScript adds an entry about a target, and journals it. It returns the entry that counts.
//
// KEYS withdrawn, epochs, epoch, head, log, sum, identity
// ARGV target, key, entry as JSON, kind, item, source, at, reinstated, whether it can only put back what a source took
// back, whether it is weak and completes nothing, epoch after which it undoes nothing or 0, greatest epoch that the caller knows,
// whether it completes another, whether it is the word of a source
var withdrawScript = goredis.NewScript(entering + `
local known = standing(ARGV[1])
if known then
	local stands, seen = known.reinstated == 'false', tonumber(ARGV[11])
	local readable, entry = pcall(cjson.decode, known.json)
	if not readable or type(entry) ~= 'table' then entry = {} end
	local decided = stands and not entry.copy_of and entry.seen or tonumber(known.epoch)
	if known.key == ARGV[2] or ARGV[9] == 'true' and not entry.upstream then return known.text end
	if seen > 0 and (known.reinstated ~= ARGV[8] or ARGV[13] == 'true') and decided > seen then return known.text end
	local yields = not entry.upstream and (entry.copy_of or entry.cause == 'claim')
	if stands and ARGV[8] == 'false' and ARGV[10] == 'true' and not (ARGV[14] == 'true' and yields) then return known.text end
end
local epoch = math.max(tonumber(redis.call('GET', KEYS[3]) or '0'), tonumber(ARGV[12])) + 1
return enter(known, ARGV[1], epoch, ARGV[8], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7])
`)

// restoredArgs is how many arguments restoreScript takes for each entry.
const restoredArgs = 8

// restoreScript puts back the entries that are lost, at the epochs that they had, and journals each.
//
// KEYS withdrawn, epochs, epoch, head, log, sum, identity
// ARGV for each entry: target, entry as JSON, epoch, kind, item, source, at, reinstated
var restoreScript = goredis.NewScript(entering + `
for i = 1, #ARGV, 8 do
	local target, epoch, reinstated = ARGV[i], tonumber(ARGV[i+2]), ARGV[i+7]
	local known = standing(target)
	local has = known and tonumber(known.epoch)
	if not known or epoch > has or epoch == has and known.reinstated == 'true' and reinstated == 'false' then
		enter(known, target, epoch, reinstated, '', ARGV[i+1], ARGV[i+3], ARGV[i+4], ARGV[i+5], ARGV[i+6])
	end
end
return 1
`)

// withdrawalsScript returns the entries after an epoch in order, each after its target, as they are at one moment: an
// entry that moved up between two reads would hide those that it passed.
//
// KEYS withdrawn, epochs
// ARGV the bound, limit, bytes that end the page
var withdrawalsScript = goredis.NewScript(`
local entries, read = {}, 0
for _, target in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], ARGV[1], '+inf', 'LIMIT', 0, ARGV[2])) do
	local entry = redis.call('HGET', KEYS[1], target)
	if entry then
		table.insert(entries, target)
		table.insert(entries, entry)
		read = read + #entry
		if read >= tonumber(ARGV[3]) then break end
	end
end
return entries
`)
