-- A sliding window in slices, shared by all nodes: the counterpart of SlidingWindow.java.
--
-- KEYS[1]  a hash: what was taken in each slice by the slice's number, their sum as 'used', the 'oldest' and 'newest' slice
-- ARGV     limit, window in ms, needed, wanted, charged, expected clock in ms, tolerance in ms, slices; then what is given
--          back: slice, amount, slice, amount, ...
-- returns  status (1, or -1 when the clock was set), slice, granted (0 or at least what is needed), used,
--          ms until what is needed is there, ms until the slice ends, ms until nothing counts any more
local limit, window, needed, wanted, charged = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local expected, tolerance, slices = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local key = KEYS[1]

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
if math.abs(now - expected) > tolerance then
  return {-1, 0, 0, 0, 0, 0, 0}
end

local length = math.max(1, math.ceil(window / slices))
local current = math.floor(now / length)
local state = redis.call('HMGET', key, 'used', 'oldest', 'newest')
local used, oldest, newest = tonumber(state[1] or 0), tonumber(state[2] or current), tonumber(state[3] or current)

local function taken(from, to)
  if from > to then
    return {}
  end
  local fields = {}
  for slice = from, to do
    fields[#fields + 1] = string.format('%.0f', slice)
  end
  return redis.call('HMGET', key, unpack(fields)), fields
end

if newest > current + 1 or newest < current - slices then
  redis.call('DEL', key)
  used, oldest, newest = 0, current, current
else
  current = math.max(current, newest)
  if oldest < current - slices then
    local counts, fields = taken(oldest, current - slices - 1)
    for index = 1, #fields do
      used = used - tonumber(counts[index] or 0)
    end
    redis.call('HDEL', key, unpack(fields))
    oldest = current - slices
  end
end

local field = string.format('%.0f', current)
for index = 9, #ARGV, 2 do
  local slice = tonumber(ARGV[index])
  if slice >= oldest and slice <= current then
    local given = math.min(tonumber(ARGV[index + 1]), tonumber(redis.call('HGET', key, ARGV[index]) or 0))
    redis.call('HINCRBY', key, ARGV[index], string.format('%.0f', -given))
    used = used - given
  end
end

local granted, wait = 0, 0
local room = limit - used - charged
if needed > 0 and room >= needed then
  -- Near the limit little is handed out ahead, so that no node keeps what another one needs.
  granted = needed + math.max(0, math.min(wanted - needed, math.floor((room - needed) / 16)))
end
local more = charged + granted
if more > 0 then
  redis.call('HINCRBY', key, field, string.format('%.0f', more))
  used = used + more
end

local reset = 0
if used > 0 then
  local counts = taken(oldest, current)
  local missing = used + needed - limit
  local freed, last = 0, oldest
  for index = 1, #counts do
    local count = tonumber(counts[index] or 0)
    local leaves = (oldest + index + slices) * length - now
    freed = freed + count
    if count > 0 then
      reset = leaves
    end
    if granted == 0 and needed > 0 and wait == 0 and freed >= missing then
      wait = leaves
    end
  end
end
redis.call('HSET', key, 'used', string.format('%.0f', used), 'oldest', string.format('%.0f', oldest), 'newest', field)
redis.call('PEXPIRE', key, window + 2 * length + 1000)
return {1, current, granted, used, wait, (current + 1) * length - now, reset}
