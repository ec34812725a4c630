/*
 * What a work group asks of one stream, each as one script, so that a look and what follows from it are of one moment.
 *
 * KEYS: stream, state, meta. `state` is a hash of the group beside the stream: `epoch` and `era`. The era is drawn anew
 * when the group is made and whenever entries went that it had not handled, in the very call that finds it: who holds an
 * era knows that nothing was left out since. A stream that is not a lane's has no meta: it is named twice.
 */

const open = `
local stream, state, meta = KEYS[1], KEYS[2], KEYS[3]
local group, me, fresh = ARGV[1], ARGV[2], ARGV[3]
local is_lane = meta ~= state
local function seq_of(id) return tonumber(string.match(id, '^(%d+)')) end
local epoch, head, floor = '0', 0, 0
if is_lane then
  local run_id = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
  local held = redis.call('HMGET', meta, 'epoch', 'head', 'floor', 'run_id')
  if not (held[1] and held[2] and held[3] and held[4] == run_id) then return {} end
  epoch, head, floor = held[1], tonumber(held[2]), tonumber(held[3])
end
local function delivered()
  if redis.call('EXISTS', stream) == 0 then return nil end
  for _, info in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
    local name, last
    for i = 1, #info, 2 do
      if info[i] == 'name' then name = info[i + 1] end
      if info[i] == 'last-delivered-id' then last = info[i + 1] end
    end
    if name == group then return last end
  end
  return nil
end
local function renew() redis.call('HSET', state, 'epoch', epoch, 'era', fresh) end
local function era() return redis.call('HGET', state, 'era') end
`

/**
 * ARGV: group, consumer, a fresh era, how many entries. Answers nothing while the lane has no valid epoch, else: epoch,
 * era, whether the group was made just now, entries that went unread (first and last seq, or 0 and -1), what was last
 * delivered, new entries. Makes the group: before the first entry of an epoch that is whole, else behind the last.
 */
export const takeScript = `#!lua
${open}
local last, made = delivered(), 0
if not last or redis.call('HGET', state, 'epoch') ~= epoch or not era() then
  if not last then
    last = '0-0'
    if is_lane and floor > 0 then last = string.format('%.0f-0', head) end
    redis.call('XGROUP', 'CREATE', stream, group, last, 'MKSTREAM')
  end
  made = 1
  renew()
end
local from, to, entries = 0, -1, {}
local reply = redis.call('XREADGROUP', 'GROUP', group, me, 'COUNT', ARGV[4], 'STREAMS', stream, '>')
if reply then entries = reply[1][2] end
if is_lane then
  local next = math.max(floor + 1, seq_of(last) + 1)
  if #entries > 0 then next = seq_of(entries[1][1]) end
  if next > seq_of(last) + 1 then
    from, to = seq_of(last) + 1, next - 1
    renew()
    if #entries == 0 then redis.call('XGROUP', 'SETID', stream, group, string.format('%.0f-0', to)) end
  end
end
if #entries > 0 then last = entries[#entries][1] elseif to >= from then last = string.format('%.0f-0', to) end
return {epoch, era(), made, from, to, last, entries}
`

/**
 * ARGV: group, consumer, a fresh era, idle ms, how many, an id to begin after. Answers nothing when there is no group,
 * else: the last id looked at (or ''), entries that went before they were handled, entries taken over as
 * `[id, fields, deliveries]`. ARGV from 7 on: ids to leave alone.
 */
export const claimScript = `#!lua
${open}
if not delivered() then return {} end
local skip = {}
for i = 7, #ARGV do skip[ARGV[i]] = true end
local after, gone, taken = '', 0, {}
local from = ARGV[6] == '' and '-' or '(' .. ARGV[6]
for _, row in ipairs(redis.call('XPENDING', stream, group, 'IDLE', ARGV[4], from, '+', ARGV[5])) do
  local id, deliveries = row[1], row[4]
  after = id
  if not skip[id] then
    local entry = redis.call('XRANGE', stream, id, id)[1]
    if entry then
      redis.call('XCLAIM', stream, group, me, 0, id)
      taken[#taken + 1] = {id, entry[2], deliveries + 1}
    else
      redis.call('XACK', stream, group, id)
      gone = gone + 1
    end
  end
end
if gone > 0 and is_lane then renew() end
return {after, gone, taken}
`

/**
 * ARGV: group. Answers nothing without a valid epoch or without the group in it, else: epoch, era, the last seq up to
 * which everything is handled, head, how many entries are with consumers.
 */
export const stateScript = `#!lua flags=no-writes
${open}
local last = delivered()
if not last or redis.call('HGET', state, 'epoch') ~= epoch or not era() then return {} end
local pending = redis.call('XPENDING', stream, group)
local low = seq_of(last)
if pending[1] > 0 then low = math.min(low, seq_of(pending[2]) - 1) end
return {epoch, era(), low, head, pending[1]}
`

/** ARGV: group, consumer, a fresh era. */
export const renewScript = `#!lua
${open}
if delivered() then renew() end
return {}
`

/** KEYS: stream, dead letters. ARGV: group, whether to remove the entry, how many letters are kept, id, why, fields. */
export const buryScript = `#!lua
local values = {}
for i = 6, #ARGV do values[#values + 1] = ARGV[i] end
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], '*', 'entry', ARGV[4], 'why', ARGV[5], unpack(values))
redis.call('XACK', KEYS[1], ARGV[1], ARGV[4])
if ARGV[2] == '1' then redis.call('XDEL', KEYS[1], ARGV[4]) end
return {}
`
