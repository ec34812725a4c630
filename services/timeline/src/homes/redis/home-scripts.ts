/*
 * A home is a sorted set of members (all scores 0) and a mark: `state` building or built, `of` (the generation and the
 * sources it is built for), `token` of who builds, `floor`. Both go together: every script gives them one time to live.
 */

/** KEYS: mark, home for each home of one bucket. ARGV: cap, then members. Answers how many homes took them. */
export const pushScript = `#!lua
local cap, pushed = tonumber(ARGV[1]), 0
for i = 1, #KEYS, 2 do
  local mark, home = KEYS[i], KEYS[i + 1]
  if redis.call('EXISTS', mark) == 1 and redis.call('EXISTS', home) == 1 then
    for j = 2, #ARGV do redis.call('ZADD', home, 0, ARGV[j]) end
    local over = redis.call('ZCARD', home) - 1 - cap
    if over > 0 then
      redis.call('ZREMRANGEBYRANK', home, 1, over)
      local oldest = string.sub(redis.call('ZRANGE', home, 1, 1)[1], 1, 26)
      local floor = redis.call('HGET', mark, 'floor')
      if not floor or floor < oldest then redis.call('HSET', mark, 'floor', oldest) end
    end
    pushed = pushed + 1
  end
end
return pushed
`

/** KEYS: mark, home. ARGV: of, token, now ms, patience ms with another builder, ttl ms. Whether to build. */
export const beginScript = `#!lua
local mark, home = KEYS[1], KEYS[2]
local held = redis.call('HMGET', mark, 'state', 'of', 'since')
local is_whole = redis.call('ZSCORE', home, '!')
if is_whole and held[2] == ARGV[1] then
  if held[1] == 'built' then return 0 end
  if held[1] == 'building' and tonumber(ARGV[3]) - tonumber(held[3]) < tonumber(ARGV[4]) then return 0 end
end
redis.call('UNLINK', mark, home)
redis.call('HSET', mark, 'state', 'building', 'of', ARGV[1], 'token', ARGV[2], 'since', ARGV[3])
redis.call('ZADD', home, 0, '!')
redis.call('PEXPIRE', mark, ARGV[5])
redis.call('PEXPIRE', home, ARGV[5])
return 1
`

/** KEYS: mark, home. ARGV: token, floor (or ''), cap, members. Adds; never replaces what was pushed. */
export const finishScript = `#!lua
local mark, home = KEYS[1], KEYS[2]
local held = redis.call('HMGET', mark, 'state', 'token', 'floor')
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
 * KEYS: mark, home. ARGV: of, older or newer, bound (or ''), count, ttl ms. Nothing when it is not built for that, else
 * floor, then members from the bound on. Reading keeps it alive.
 */
export const readScript = `#!lua
local mark, home = KEYS[1], KEYS[2]
local held = redis.call('HMGET', mark, 'state', 'of', 'floor')
if held[1] ~= 'built' or held[2] ~= ARGV[1] or not redis.call('ZSCORE', home, '!') then return {} end
redis.call('PEXPIRE', mark, ARGV[5])
redis.call('PEXPIRE', home, ARGV[5])
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
