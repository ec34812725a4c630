/*
 * A home is a sorted set of members (all scores 0) and a mark: `state` building or built, `of` (the generation and the
 * sources it is built for), `build`, `floor`. Both go together: every script gives them one time to live.
 *
 * A build is a number that grows with every new home of a user. The readers of an author are a sorted set of users with
 * the builds of their homes: one that the mark no longer names is out of date, and taken out by whoever finds it so.
 */

/** KEYS: mark, home for each home. ARGV: cap, a build for each, then members. Which of them, from 1, do not take them. */
export const pushScript = `#!lua
local cap, homes, gone = tonumber(ARGV[1]), #KEYS / 2, {}
for i = 1, homes do
  local mark, home = KEYS[2 * i - 1], KEYS[2 * i]
  if redis.call('HGET', mark, 'build') == ARGV[1 + i] and redis.call('EXISTS', home) == 1 then
    for j = 2 + homes, #ARGV do redis.call('ZADD', home, 0, ARGV[j]) end
    local over = redis.call('ZCARD', home) - 1 - cap
    if over > 0 then
      redis.call('ZREMRANGEBYRANK', home, 1, over)
      local oldest = string.sub(redis.call('ZRANGE', home, 1, 1)[1], 1, 26)
      local floor = redis.call('HGET', mark, 'floor')
      if not floor or floor < oldest then redis.call('HSET', mark, 'floor', oldest) end
    end
  else
    gone[#gone + 1] = i
  end
end
return gone
`

/** KEYS: mark, home. ARGV: of, patience us with another builder, ttl ms. The new build, or 0 when there is none to do. */
export const beginScript = `#!lua
local mark, home = KEYS[1], KEYS[2]
local held = redis.call('HMGET', mark, 'state', 'of', 'build')
local time, before = redis.call('TIME'), tonumber(held[3] or 0)
local now = time[1] * 1000000 + time[2]
if redis.call('ZSCORE', home, '!') and held[2] == ARGV[1] then
  if held[1] == 'built' then return 0 end
  if held[1] == 'building' and now - before < tonumber(ARGV[2]) then return 0 end
end
local build = math.max(now, before + 1)
redis.call('UNLINK', mark, home)
redis.call('HSET', mark, 'state', 'building', 'of', ARGV[1], 'build', string.format('%.0f', build))
redis.call('ZADD', home, 0, '!')
redis.call('PEXPIRE', mark, ARGV[3])
redis.call('PEXPIRE', home, ARGV[3])
return build
`

/** KEYS: readers of authors. ARGV: user, build, ttl ms. The greatest build stays, whoever comes last. */
export const enlistScript = `#!lua
for i = 1, #KEYS do
  redis.call('ZADD', KEYS[i], 'GT', ARGV[2], ARGV[1])
  redis.call('PEXPIRE', KEYS[i], ARGV[3])
end
return 0
`

/** KEYS: readers of an author. ARGV: user, build for each. Takes out those that have no newer one. */
export const delistScript = `#!lua
for i = 1, #ARGV, 2 do
  local held = redis.call('ZSCORE', KEYS[1], ARGV[i])
  if held and tonumber(held) <= tonumber(ARGV[i + 1]) then redis.call('ZREM', KEYS[1], ARGV[i]) end
end
return 0
`

/** KEYS: mark, home. ARGV: build, floor (or ''), cap, members. Adds; never replaces what was pushed. */
export const finishScript = `#!lua
local mark, home = KEYS[1], KEYS[2]
local held = redis.call('HMGET', mark, 'state', 'build', 'floor')
if held[1] ~= 'building' or held[2] ~= ARGV[1] or not redis.call('ZSCORE', home, '!') then return 0 end
local floor = ARGV[2]
if held[3] and held[3] > floor then floor = held[3] end
for i = 4, #ARGV do redis.call('ZADD', home, 0, ARGV[i]) end
local over = redis.call('ZCARD', home) - 1 - tonumber(ARGV[3])
if over > 0 then
  redis.call('ZREMRANGEBYRANK', home, 1, over)
  local oldest = string.sub(redis.call('ZRANGE', home, 1, 1)[1], 1, 26)
  if oldest > floor then floor = oldest end
end
redis.call('HSET', mark, 'state', 'built', 'floor', floor)
return 1
`

/**
 * KEYS: mark, home. ARGV: of, older or newer, bound (or ''), count. Nothing when it is not built for that, else floor,
 * then members from the bound on.
 */
export const readScript = `#!lua
local mark, home = KEYS[1], KEYS[2]
local held = redis.call('HMGET', mark, 'state', 'of', 'floor')
if held[1] ~= 'built' or held[2] ~= ARGV[1] or not redis.call('ZSCORE', home, '!') then return {} end
local floor, bound, found = held[3], ARGV[3], {}
if tonumber(ARGV[4]) > 0 then
  if ARGV[2] == 'older' then
    local from, to = bound == '' and '+' or '(' .. bound, floor == '' and '(!' or '[' .. floor
    found = redis.call('ZREVRANGEBYLEX', home, from, to, 'LIMIT', 0, ARGV[4])
  elseif bound >= floor then
    found = redis.call('ZRANGEBYLEX', home, '[' .. bound .. '~', '+', 'LIMIT', 0, ARGV[4])
  else
    return {}
  end
end
return {floor, unpack(found)}
`
