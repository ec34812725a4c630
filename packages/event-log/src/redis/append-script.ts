/*
 * The one way into a lane. Redis runs it as a whole, so log order = publish order = visibility order.
 *
 * KEYS: meta, stream, ids, channel. ARGV: the epoch to open if none is valid, entries to keep, lanes of the installation,
 * PUBLISH or SPUBLISH, then id and JSON of each event. Without events it is a heartbeat. At most 256 events a call.
 * Answers: epoch, head, floor, then the seq of each event.
 *
 * An epoch is valid for as long as the server process lives in which it was opened: `run_id` is read from INFO at every
 * call (3 µs), since nothing that a script may remember dies with the process alone. What is written holds the value
 * read, so that replicas get effects, and a replica that is promoted finds a run_id that is not its own.
 * Trimming begins a sixteenth above the cap, 1,000 entries a call at most, and takes ids away with their entries.
 */
export const appendScript = `#!lua
local meta, stream, ids, channel = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local max, lanes, publish = tonumber(ARGV[2]), ARGV[3], ARGV[4]

local function text(n) return string.format('%.0f', n) end

local run_id = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local held = redis.call('HMGET', meta, 'epoch', 'head', 'floor', 'run_id', 'lanes')
local epoch, head, floor = held[1], tonumber(held[2] or nil), tonumber(held[3] or nil)
if not (epoch and head and floor and held[4] == run_id) then
  epoch, head, floor = ARGV[1], 0, 0
  redis.call('UNLINK', meta, stream, ids)
  redis.call('HSET', meta, 'epoch', epoch, 'head', 0, 'floor', 0, 'run_id', run_id, 'lanes', lanes)
elseif held[5] ~= lanes then
  return redis.error_reply('SKEINLANES ' .. tostring(held[5]))
end

if #ARGV == 4 then
  redis.call(publish, channel, '{"epoch":"' .. epoch .. '","head":' .. text(head) .. '}')
  return {epoch, head, floor}
end

local names = {}
for i = 5, #ARGV, 2 do names[#names + 1] = ARGV[i] end
local known = redis.call('HMGET', ids, unpack(names))
local first, seqs, given, events, fields = head + 1, {}, {}, {}, {}
for i, name in ipairs(names) do
  local seq = known[i] or given[name]
  if not seq then
    head = head + 1
    seq = text(head)
    given[name] = seq
    local event = ARGV[4 + 2 * i]
    redis.call('XADD', stream, seq .. '-0', 'id', name, 'event', event)
    events[#events + 1] = event
    fields[#fields + 1] = name
    fields[#fields + 1] = seq
  end
  seqs[i] = tonumber(seq)
end

if #events > 0 then
  redis.call('HSET', ids, unpack(fields))
  local over = head - floor - max
  if over > math.max(1, math.floor(max / 16)) then
    local to = floor + math.min(over, 1000)
    local gone = redis.call('XRANGE', stream, '-', text(to) .. '-0', 'COUNT', 1000)
    local names_gone = {}
    for i, entry in ipairs(gone) do names_gone[i] = entry[2][2] end
    if #names_gone > 0 then redis.call('HDEL', ids, unpack(names_gone)) end
    redis.call('XTRIM', stream, 'MINID', '=', text(to + 1) .. '-0')
    floor = to
  end
  redis.call('HSET', meta, 'head', text(head), 'floor', text(floor))
  redis.call(publish, channel,
    '{"epoch":"' .. epoch .. '","seq":' .. text(first) .. ',"events":[' .. table.concat(events, ',') .. ']}')
end
return {epoch, head, floor, unpack(seqs)}
`

/**
 * One look at a lane, of one moment. KEYS: meta, stream. ARGV: epoch and seq to read after, how many entries.
 * Answers nothing when no epoch is valid, else: epoch, head, floor, lanes, entries (none when the epoch is another).
 */
export const readScript = `#!lua flags=no-writes
local run_id = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local held = redis.call('HMGET', KEYS[1], 'epoch', 'head', 'floor', 'run_id', 'lanes')
if not (held[1] and held[2] and held[3] and held[4] == run_id) then return {} end
local entries = {}
if ARGV[1] == held[1] and tonumber(ARGV[3]) > 0 then
  local first = string.format('%.0f-0', tonumber(ARGV[2]) + 1)
  entries = redis.call('XRANGE', KEYS[2], first, '+', 'COUNT', ARGV[3])
end
return {held[1], held[2], held[3], held[5], entries}
`
