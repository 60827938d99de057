/**
 * The decisions over limits and budgets as Lua, the same text for every Redis. All keys of one run lie on one slot. ARGV[1] is
 * the time in milliseconds since the epoch, or nothing: then it is the time of the Redis. Numbers come and go as decimal text,
 * since replies would lose what is behind the point, and Lua writes large numbers with an exponent.
 */

/** The arithmetic of GCRA is explained in `adapters/memory/rates.ts`. */
const COMMON = `
local floor, ceil, max = math.floor, math.ceil, math.max
local function text(n) return string.format('%.0f', n) end
local function clock()
  if ARGV[1] ~= '' then return tonumber(ARGV[1]) end
  local t = redis.call('TIME')
  return t[1] * 1000 + floor(t[2] / 1000)
end
local now = clock()
local at = 1
local function arg() at = at + 1 return ARGV[at] end
local function num() return tonumber(arg()) end

local function backlog_of(key, limit)
  local stored = redis.call('GET', key)
  if not stored then return 0 end
  local since, backlog, old = stored:match('^(%d+):(%d+):(%d+)$')
  backlog, old = tonumber(backlog), tonumber(old)
  if old ~= limit then backlog = floor(backlog / old * limit + 0.5) end
  return max(0, backlog - max(0, now - tonumber(since)) * limit)
end
local function remaining(limit, period, backlog) return max(0, floor(limit - backlog / period)) end
local function reset(limit, backlog)
  if limit > 0 then return ceil(backlog / limit) end
  return 0
end
local function keep(key, limit, backlog)
  if limit <= 0 or backlog <= 0 then redis.call('DEL', key) return end
  redis.call('SET', key, text(now) .. ':' .. text(backlog) .. ':' .. text(limit), 'PX', text(ceil(backlog / limit)))
end
local function fits(limit, period, cost, after) return cost <= 0 or after <= limit * period end
local function wait(limit, period, cost, after)
  if cost <= limit and limit > 0 then return ceil((after - limit * period) / limit) end
  return period
end
`;

export const TAKE = `${COMMON}
local limit, period, cost = num(), num(), num()
local backlog = backlog_of(KEYS[1], limit)
local after = max(0, backlog + cost * period)
if not fits(limit, period, cost, after) then
  return {'0', text(remaining(limit, period, backlog)), text(wait(limit, period, cost, after)), text(reset(limit, backlog))}
end
keep(KEYS[1], limit, after)
return {'1', text(remaining(limit, period, after)), '0', text(reset(limit, after))}
`;

/**
 * An account is a hash: p, the period that s, what was spent, belongs to; r, what is reserved. Calls that began in one period
 * are paid for in the one they end in, so r stays.
 */
const ACCOUNTS = `
local function month(day)
  local z = day + 719468
  local era = floor(z / 146097)
  local doe = z - era * 146097
  local yoe = floor((doe - floor(doe / 1460) + floor(doe / 36524) - floor(doe / 146096)) / 365)
  local mp = floor((5 * (doe - (365 * yoe + floor(yoe / 4) - floor(yoe / 100))) + 2) / 153)
  if mp < 10 then return (yoe + era * 400) * 12 + mp + 2 end
  return (yoe + era * 400 + 1) * 12 + mp - 10
end
local function period_of(name)
  local day = floor(now / 86400000)
  if name == 'day' then return text(day) end
  if name == 'week' then return text(floor((day + 3) / 7)) end
  if name == 'month' then return text(month(day)) end
  return '0'
end
local function account(key, name)
  local p, s, r = unpack(redis.call('HMGET', key, 'p', 's', 'r'))
  local current = period_of(name)
  local spent = 0
  if p == current then spent = tonumber(s or 0) end
  return spent, tonumber(r or 0), current
end
local function has_room(usd, spent, reserved, more)
  return spent + reserved + more <= usd and spent + reserved < usd
end
local function write(key, name, spent, reserved, current)
  redis.call('HSET', key, 'p', current, 's', text(max(0, spent)), 'r', text(max(0, reserved)))
  if name == 'total' then redis.call('PERSIST', key) else redis.call('PEXPIRE', key, '8640000000') end
end
local due, call = KEYS[1], KEYS[2]
local at_key = 2
local function key() at_key = at_key + 1 return KEYS[at_key] end
local function stand(id, lease, hold, data)
  redis.call('HSET', call, 'hold', text(hold), 'data', data)
  redis.call('PEXPIRE', call, '604800000')
  redis.call('ZADD', due, text(now + lease), id)
end
local function take_slot(slot, id, lease)
  redis.call('ZADD', slot, text(now + lease), id)
  redis.call('PEXPIRE', slot, '86400000')
end
`;

export const CLAIM = `${COMMON}${ACCOUNTS}
local id, lease, hold, data = arg(), num(), num(), arg()
local rates, slots, budgets = {}, {}, {}
for i = 1, num() do
  local k, limit, period, cost = key(), num(), num(), num()
  local backlog = backlog_of(k, limit)
  rates[i] = {k = k, limit = limit, period = period, cost = cost, backlog = backlog, after = max(0, backlog + cost * period)}
end
for i = 1, num() do slots[i] = {k = key(), limit = num()} end
for i = 1, num() do
  local k, usd, name = key(), num(), arg()
  local spent, reserved, current = account(k, name)
  budgets[i] = {k = k, usd = usd, name = name, spent = spent, reserved = reserved, current = current}
end
local kind, index, retry = '', 0, 0
local stands = redis.call('EXISTS', call) == 1
if not stands then
  for i, r in ipairs(rates) do
    if not fits(r.limit, r.period, r.cost, r.after) then
      local ms = wait(r.limit, r.period, r.cost, r.after)
      if kind == '' or ms > retry then kind, index, retry = 'rate', i, ms end
    end
  end
  for i = #slots, 1, -1 do
    redis.call('ZREMRANGEBYSCORE', slots[i].k, '-inf', text(now))
    if redis.call('ZCARD', slots[i].k) >= slots[i].limit and retry == 0 then kind, index = 'slot', i end
  end
  for i = #budgets, 1, -1 do
    local b = budgets[i]
    if not has_room(b.usd, b.spent, b.reserved, hold) then kind, index, retry = 'budget', i, 0 end
  end
  if kind == '' then
    for _, r in ipairs(rates) do
      r.backlog = r.after
      keep(r.k, r.limit, r.after)
    end
    for _, s in ipairs(slots) do take_slot(s.k, id, lease) end
    for _, b in ipairs(budgets) do
      b.reserved = b.reserved + hold
      write(b.k, b.name, b.spent, b.reserved, b.current)
    end
    stand(id, lease, hold, data)
  end
end
local overdue = redis.call('ZRANGEBYSCORE', due, '-inf', text(now), 'LIMIT', '0', '1')
local reply = {kind, text(index), text(retry), text(#overdue)}
local function say(n) reply[#reply + 1] = text(n) end
for _, r in ipairs(rates) do
  say(remaining(r.limit, r.period, r.backlog))
  say(reset(r.limit, r.backlog))
end
for _, b in ipairs(budgets) do
  say(b.spent)
  say(b.reserved)
end
return reply
`;

export const NOTE = `${COMMON}${ACCOUNTS}
local id, lease, hold, data, force = arg(), num(), num(), arg(), arg() == '1'
local slots, budgets = {}, {}
for i = 1, num() do slots[i] = key() end
for i = 1, num() do budgets[i] = {k = key(), usd = num(), name = arg()} end
local before = tonumber(redis.call('HGET', call, 'hold') or 0)
local more = hold - before
local room = true
for _, b in ipairs(budgets) do
  b.spent, b.reserved, b.current = account(b.k, b.name)
  if more > 0 and not force and not has_room(b.usd, b.spent, b.reserved, more) then room = false end
end
if room and more ~= 0 then
  for _, b in ipairs(budgets) do write(b.k, b.name, b.spent, b.reserved + more, b.current) end
end
for _, s in ipairs(slots) do take_slot(s, id, lease) end
stand(id, lease, room and hold or before, data)
return room and '1' or '0'
`;

/** A marker tells what was entered: f, or o where it was a sweep that did, and the sums. */
export const SETTLE = `${COMMON}${ACCOUNTS}
local id, orphan, marker_ms, row_ms, max_rows, cost_at = arg(), arg() == '1', arg(), arg(), num(), num()
local held = redis.call('HGET', call, 'hold')
redis.call('DEL', call)
redis.call('ZREM', due, id)
for i = 1, num() do
  local k, limit, period, more = key(), num(), num(), num()
  if held and more ~= 0 then keep(k, limit, max(0, backlog_of(k, limit) + more * period)) end
end
for i = 1, num() do redis.call('ZREM', key(), id) end
local budgets = {}
for i = 1, num() do budgets[i] = {k = key(), name = arg()} end

local function numbers(csv)
  local list = {}
  for n in csv:gmatch('[^,]+') do list[#list + 1] = tonumber(n) end
  return list
end
local function enter(day, field, rest, values)
  if redis.call('HEXISTS', day, field) == 0 and redis.call('HLEN', day) >= max_rows then field = rest end
  local sums = numbers(redis.call('HGET', day, field) or '')
  local out = {}
  for i, v in ipairs(values) do out[i] = text((sums[i] or 0) + v) end
  redis.call('HSET', day, field, table.concat(out, ','))
  redis.call('PEXPIRE', day, row_ms)
end

local cost = 0
for i = 1, num() do
  local marker, day, field, rest, csv = key(), key(), arg(), arg(), arg()
  local known = redis.call('GET', marker)
  if not known or (known:sub(1, 1) == 'o' and not orphan) then
    local values, before = numbers(csv), numbers(known and known:sub(2) or '')
    for j, v in ipairs(values) do values[j] = v - (before[j] or 0) end
    enter(day, field, rest, values)
    cost = cost + values[cost_at]
    redis.call('SET', marker, (orphan and 'o' or 'f') .. csv, 'PX', marker_ms)
  end
end
if held or cost ~= 0 then
  for _, b in ipairs(budgets) do
    local spent, reserved, current = account(b.k, b.name)
    write(b.k, b.name, spent + cost, reserved - tonumber(held or 0), current)
  end
end
return '1'
`;

/** Names, holds and data of calls whose lease is over. The names are known only here, and lie on the slot of KEYS[1]. */
export const OVERDUE = `${COMMON}
local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', text(now), 'LIMIT', '0', arg())
local reply = {}
for _, id in ipairs(ids) do
  local hold, data = unpack(redis.call('HMGET', KEYS[2] .. id, 'hold', 'data'))
  if data then
    reply[#reply + 1] = hold
    reply[#reply + 1] = data
  else
    redis.call('ZREM', KEYS[1], id)
  end
end
return reply
`;
