-- What channels, the mail and timers must do, told once more in the plainest way: queues and one list of who waits.
-- Each operation answers what the real one must answer at once, or else nil: then it waits, and `granted` gets the answer
-- under the waiter's id when something that another task does gives it one. Values are wrapped: `{ v = value }`.

local model = { chans = {}, waits = {}, granted = {}, arrived = {}, listeners = {} }

function model.add(chan)
  chan.queue, chan.closed = {}, false
  model.chans[#model.chans + 1] = chan
  chan.number = #model.chans
  return chan
end

local function grant(wait, answer)
  answer.case = wait.case
  if model.granted[wait.id] then error("granted twice: " .. wait.id) end
  model.granted[wait.id] = answer
  local rest = {}
  for _, other in ipairs(model.waits) do
    if other.id ~= wait.id then rest[#rest + 1] = other end
  end
  model.waits = rest
end

local function first(chan, sends)
  for _, wait in ipairs(model.waits) do
    if wait.chan == chan and wait.sends == sends then return wait end
  end
end

local function arrive(chan, value)
  local receiver = first(chan, false)
  if receiver then grant(receiver, { value = value.v, ok = true }) else table.insert(chan.queue, value) end
end

-- What the process does with its letters at the beginning of a step, and when it looks for some.
function model.look()
  local letters = model.arrived
  model.arrived = {}
  for _, letter in ipairs(letters) do arrive(model.listeners[letter.topic] or model.inbox, letter) end
end

function model.listen(topic)
  local chan = model.add({ kind = "mail" })
  model.listeners[topic] = chan
  local rest = {}
  for _, letter in ipairs(model.inbox.queue) do
    table.insert(letter.topic == topic and chan.queue or rest, letter)
  end
  model.inbox.queue = rest
  return chan
end

function model.unlisten(topic)
  local chan = model.listeners[topic]
  model.listeners[topic] = nil
  local letters = chan.queue
  chan.queue = {}
  model.close(chan)
  for _, letter in ipairs(letters) do arrive(model.inbox, letter) end
  -- In the order in which they were sent: what is sent is counted.
  table.sort(model.inbox.queue, function(one, other) return one.v < other.v end)
end

function model.close(chan)
  chan.closed, chan.at = true, nil
  for _, sends in ipairs({ false, true }) do
    while first(chan, sends) do
      grant(first(chan, sends), sends and { failed = true } or { ok = false })
    end
  end
end

local function take_strike(chan)
  if chan.pending == 0 then return end
  chan.pending = chan.pending - 1
  local at = chan.first
  chan.first = at + chan.period
  return { v = at }
end

local function take_own(chan)
  local value, sender = table.remove(chan.queue, 1), first(chan, true)
  if sender then
    if value then table.insert(chan.queue, sender.value) else value = sender.value end
    grant(sender, { sent = true, value = sender.value.v })
  end
  return value
end

local function take(chan)
  local value
  if chan.kind == "own" then
    value = take_own(chan)
  elseif chan.kind == "mail" then
    value = table.remove(chan.queue, 1)
  else
    value = take_strike(chan)
  end
  if value then return { value = value.v, ok = true } end
  if chan.closed then return { ok = false } end
end

local function give(chan, value)
  if chan.closed then return { raised = true } end
  if first(chan, false) then
    grant(first(chan, false), { value = value.v, ok = true })
  elseif #chan.queue < chan.capacity then
    table.insert(chan.queue, value)
  else
    return
  end
  return { sent = true, value = value.v }
end

-- Tries cases `{ chan =, sends =, value = }` in order; else all of them wait as `id`, unless there is none.
function model.try(cases, id)
  local looked = false
  for number, case in ipairs(cases) do
    if not looked and case.chan.kind == "mail" and #case.chan.queue == 0 then
      model.look()
      looked = true
    end
    local answer
    if case.sends then answer = give(case.chan, case.value) else answer = take(case.chan) end
    if answer then
      answer.case = number
      return answer
    end
  end
  for number, case in ipairs(id and cases or {}) do
    table.insert(model.waits,
      { id = id, case = number, chan = case.chan, sends = case.sends or false, value = case.value })
  end
end

function model.arm(chan, at, period)
  chan.at, chan.period, chan.pending, chan.first, chan.closed = at, period, 0, 0, false
end

-- All that strikes until `now`, in order; of equal deadlines, what was made first.
function model.strike_until(now)
  while true do
    local due
    for _, chan in ipairs(model.chans) do
      if chan.at and chan.at <= now and (not due or chan.at < due.at) then due = chan end
    end
    if not due then return end
    local at, ticks = due.at, due.kind == "ticker"
    due.at = ticks and at + due.period or nil
    if due.pending == 0 then due.first = at end
    due.pending = math.min(due.pending + 1, ticks and 16 or 1)
    local receiver = first(due, false)
    if receiver then grant(receiver, { value = take_strike(due).v, ok = true }) end
    if due.kind == "after" then model.close(due) end
  end
end
