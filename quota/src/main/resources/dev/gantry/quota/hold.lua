-- Slots that nodes hold of a limit on what is in use at the same time.
--
-- KEYS[1]  a hash: for each node what it holds and until when, as 'held:ms'
-- ARGV     node, what it uses at least, what it wants to hold, limit, lease in ms, expected clock in ms, tolerance in ms
-- returns  status (1, or -1 when the clock was set), what the node holds now, what the others hold
local node, using, wanted, limit, lease = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local expected, tolerance = tonumber(ARGV[6]), tonumber(ARGV[7])
local key = KEYS[1]

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
if math.abs(now - expected) > tolerance then
  return {-1, 0, 0}
end

local entries = redis.call('HGETALL', key)
local others = 0
for index = 1, #entries, 2 do
  local held, ends = string.match(entries[index + 1], '^(%d+):(%d+)$')
  if not held or tonumber(ends) <= now then
    redis.call('HDEL', key, entries[index])
  elseif entries[index] ~= node then
    others = others + tonumber(held)
  end
end

local held = math.max(using, math.min(wanted, limit - others))
if held > 0 then
  redis.call('HSET', key, node, string.format('%.0f:%.0f', held, now + lease))
  redis.call('PEXPIRE', key, lease + 1000)
else
  redis.call('HDEL', key, node)
end
return {1, held, others}
