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

local function backlog_of(stored, limit)
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
local backlog = backlog_of(redis.call('GET', KEYS[1]), limit)
local after = max(0, backlog + cost * period)
if not fits(limit, period, cost, after) then
  return {'0', text(remaining(limit, period, backlog)), text(wait(limit, period, cost, after)), text(reset(limit, backlog))}
end
keep(KEYS[1], limit, after)
return {'1', text(remaining(limit, period, after)), '0', text(reset(limit, after))}
`;

/**
 * A command costs a script more than what it does, so what is kept are strings, and all that are needed come by one MGET. KEYS: the calls
 * that are due, the slots, and from `call` on what MGET reads. Of a call: what it holds, and the data behind the first colon. Of an account:
 * the period that the spending belongs to, what was spent, what is reserved. Calls that began in one period are paid for in the one they
 * end in, so the last stays. What slots hold is taken out when a call is settled, by a sweep in the end.
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
local function account(stored, name)
  local current = period_of(name)
  if not stored then return 0, 0, current end
  local p, spent, reserved = stored:match('^(%d+):(%d+):(%d+)$')
  return p == current and tonumber(spent) or 0, tonumber(reserved), current
end
local function has_room(usd, spent, reserved, more)
  return spent + reserved + more <= usd and spent + reserved < usd
end
local function write(key, name, spent, reserved, current)
  local value = current .. ':' .. text(max(0, spent)) .. ':' .. text(max(0, reserved))
  if name == 'total' then redis.call('SET', key, value) else redis.call('SET', key, value, 'PX', '8640000000') end
end
local at_key = 1
local function key() at_key = at_key + 1 return KEYS[at_key] end
local due, slots = KEYS[1], {}
for i = 1, num() do slots[i] = key() end
local call = key()
local at_stored, stored = 0, redis.call('MGET', unpack(KEYS, at_key))
local function next_stored() at_stored = at_stored + 1 return stored[at_stored] end
local known_call = next_stored()
local function hold_of(data) return tonumber(data:match('^(%d+):')) end
local function stand(claim, hold, data)
  local ends = text(now + claim.leaseMs)
  for _, slot in ipairs(slots) do redis.call('ZADD', slot, ends, claim.id) end
  redis.call('SET', call, text(hold) .. ':' .. data, 'PX', '604800000')
  redis.call('ZADD', due, ends, claim.id)
end
`;

/** Takes the claim as the JSON that it keeps of it. Replies with one text: of many the parts would cost more than what is in them. */
export const CLAIM = `${COMMON}${ACCOUNTS}
local data = arg()
local claim = cjson.decode(data)
local rates, budgets = claim.rates, claim.budgets
for _, r in ipairs(rates) do
  r.key = key()
  r.backlog = backlog_of(next_stored(), r.limit)
  r.after = max(0, r.backlog + r.cost * r.periodMs)
end
for _, b in ipairs(budgets) do
  b.key = key()
  b.spent, b.reserved, b.current = account(next_stored(), b.period)
end
local function is_full(slot, limit)
  if redis.call('ZCARD', slot) < limit then return false end
  redis.call('ZREMRANGEBYSCORE', slot, '-inf', text(now))
  return redis.call('ZCARD', slot) >= limit
end
local kind, index, retry = 'none', 0, 0
if not known_call then
  for i, r in ipairs(rates) do
    if not fits(r.limit, r.periodMs, r.cost, r.after) then
      local ms = wait(r.limit, r.periodMs, r.cost, r.after)
      if kind == 'none' or ms > retry then kind, index, retry = 'rate', i, ms end
    end
  end
  for i = #slots, 1, -1 do
    if is_full(slots[i], claim.slots[i].limit) and retry == 0 then kind, index = 'slot', i end
  end
  for i = #budgets, 1, -1 do
    local b = budgets[i]
    if not has_room(b.usd, b.spent, b.reserved, claim.hold) then kind, index, retry = 'budget', i, 0 end
  end
  if kind == 'none' then
    for _, r in ipairs(rates) do
      r.backlog = r.after
      keep(r.key, r.limit, r.after)
    end
    for _, b in ipairs(budgets) do
      b.reserved = b.reserved + claim.hold
      write(b.key, b.period, b.spent, b.reserved, b.current)
    end
    stand(claim, claim.hold, data)
  end
end
local overdue = redis.call('ZRANGEBYSCORE', due, '-inf', text(now), 'LIMIT', '0', '1')
local reply = {kind, text(index), text(retry), text(#overdue)}
local function say(n) reply[#reply + 1] = text(n) end
for _, r in ipairs(rates) do
  say(remaining(r.limit, r.periodMs, r.backlog))
  say(reset(r.limit, r.backlog))
end
for _, b in ipairs(budgets) do
  say(b.spent)
  say(b.reserved)
end
return table.concat(reply, ' ')
`;

export const NOTE = `${COMMON}${ACCOUNTS}
local data, force = arg(), arg() == '1'
local claim = cjson.decode(data)
local before = known_call and hold_of(known_call) or 0
local more = claim.hold - before
local room = true
for _, b in ipairs(claim.budgets) do
  b.key = key()
  b.spent, b.reserved, b.current = account(next_stored(), b.period)
  if more > 0 and not force and not has_room(b.usd, b.spent, b.reserved, more) then room = false end
end
if room and more ~= 0 then
  for _, b in ipairs(claim.budgets) do write(b.key, b.period, b.spent, b.reserved + more, b.current) end
end
stand(claim, room and claim.hold or before, data)
return room and '1' or '0'
`;

/**
 * A marker tells what was entered: f, or o where it was a sweep that did, and the sums. The hash of a day comes behind all that is
 * a string, and MGET has nothing to say of it.
 */
export const SETTLE = `${COMMON}${ACCOUNTS}
local id, orphan, marker_ms, row_ms, max_rows, cost_at = arg(), arg() == '1', arg(), arg(), num(), num()
local held = known_call and hold_of(known_call)
if held then redis.call('DEL', call) end
redis.call('ZREM', due, id)
for i = 1, num() do
  local k, limit, period, more = key(), num(), num(), num()
  local backlog = backlog_of(next_stored(), limit)
  if held and more ~= 0 then keep(k, limit, max(0, backlog + more * period)) end
end
for _, s in ipairs(slots) do redis.call('ZREM', s, id) end
local budgets = {}
for i = 1, num() do budgets[i] = {k = key(), name = arg(), stored = next_stored()} end

local function numbers(csv)
  local list = {}
  for n in csv:gmatch('[^,]+') do list[#list + 1] = tonumber(n) end
  return list
end
local function enter(day, field, rest, values)
  local row = redis.call('HGET', day, field)
  if not row and redis.call('HLEN', day) >= max_rows then
    field = rest
    row = redis.call('HGET', day, field)
  end
  local sums = numbers(row or '')
  local out = {}
  for i, v in ipairs(values) do out[i] = text((sums[i] or 0) + v) end
  redis.call('HSET', day, field, table.concat(out, ','))
  if not row then redis.call('PEXPIRE', day, row_ms) end
end

local cost, entries = 0, {}
for i = 1, num() do entries[i] = {marker = key(), known = next_stored(), field = arg(), rest = arg(), csv = arg()} end
for _, e in ipairs(entries) do
  local day = key()
  if not e.known or (e.known:sub(1, 1) == 'o' and not orphan) then
    local values, before = numbers(e.csv), numbers(e.known and e.known:sub(2) or '')
    for j, v in ipairs(values) do values[j] = v - (before[j] or 0) end
    enter(day, e.field, e.rest, values)
    cost = cost + values[cost_at]
    redis.call('SET', e.marker, (orphan and 'o' or 'f') .. e.csv, 'PX', marker_ms)
  end
end
if held or cost ~= 0 then
  for _, b in ipairs(budgets) do
    local spent, reserved, current = account(b.stored, b.name)
    write(b.k, b.name, spent + cost, reserved - (held or 0), current)
  end
end
return '1'
`;

/** Names, holds and data of calls whose lease is over. The names are known only here, and lie on the slot of KEYS[1]. */
export const OVERDUE = `${COMMON}
local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', text(now), 'LIMIT', '0', arg())
local reply = {}
for _, id in ipairs(ids) do
  local known = redis.call('GET', KEYS[2] .. id)
  if known then
    local hold, data = known:match('^(%d+):(.*)$')
    reply[#reply + 1] = hold
    reply[#reply + 1] = data
  else
    redis.call('ZREM', KEYS[1], id)
  end
end
return reply
`;
