package redis

import goredis "github.com/redis/go-redis/v9"

// keeping is the part of a script that writes a claim: under its number, and among the open ones as long as it has a
// second until which it is to be decided. A Redis may lose the greatest number alone, so the following one is not believed to be free.
const keeping = `
local function count(number)
	if tonumber(redis.call('GET', KEYS[3]) or '0') < tonumber(number) then redis.call('SET', KEYS[3], number) end
end
local function keep(number, key, claim, due)
	redis.call('HSET', KEYS[1], number, claim)
	redis.call('HSET', KEYS[2], key, number)
	count(number)
	if due == '' then redis.call('ZREM', KEYS[4], number) else redis.call('ZADD', KEYS[4], due, number) end
end
local function following()
	local number = tonumber(redis.call('GET', KEYS[3]) or '0')
	repeat number = number + 1 until redis.call('HEXISTS', KEYS[1], string.format('%.0f', number)) == 0
	return string.format('%.0f', number)
end
`

// fileScript keeps a claim under the next number, unless its key was used. It returns the number, and the claim that has
// the key.
//
// KEYS complaints, keys, number, open
// ARGV key, claim as JSON, second until which it is to be decided
var fileScript = goredis.NewScript(keeping + `
local number = redis.call('HGET', KEYS[2], ARGV[1])
if not number then
	number = following()
	keep(number, ARGV[1], ARGV[2], ARGV[3])
end
return {number, redis.call('HGET', KEYS[1], number)}
`)

// reviseScript replaces a claim, if it is what the caller saw, or has been replaced by this one.
//
// KEYS complaints, keys, number, open
// ARGV key, claim as JSON, second or empty, number, what the caller saw
var reviseScript = goredis.NewScript(keeping + `
local known = redis.call('HGET', KEYS[1], ARGV[4])
if known == ARGV[2] then return 1 end
if known ~= ARGV[5] then return 0 end
keep(ARGV[4], ARGV[1], ARGV[2], ARGV[3])
return 1
`)

// restoreClaimsScript puts a claim back, unless the same or a later state of it is there: under the number that it has, or had,
// or the next one if another claim has that.
//
// KEYS complaints, keys, number, open
// ARGV key, claim as JSON, second or empty, number, how many events there are in it
var restoreClaimsScript = goredis.NewScript(keeping + `
local number = redis.call('HGET', KEYS[2], ARGV[1])
local known = number and redis.call('HGET', KEYS[1], number)
if known then
	count(number)
	if #(cjson.decode(known).events or {}) >= tonumber(ARGV[5]) then return 0 end
else
	number = ARGV[4]
	if redis.call('HEXISTS', KEYS[1], number) == 1 then number = following() end
end
keep(number, ARGV[1], ARGV[2], ARGV[3])
return 1
`)
