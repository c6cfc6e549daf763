-- Does random things to channels of all kinds from many tasks, and compares what each task gets with what the model says.
-- Tasks that were given something run only when this one yields, so that much can happen to a channel in between.

local time = require("time")
local me = process.pid()
local log, ids, done, next_value = {}, 0, {}, 0

local function chance(one_in) return math.random(one_in) == 1 end

local function note(...)
  log[#log + 1] = table.concat({ ... }, " ")
end

local function show(answer)
  local keys = { "case", "value", "ok", "sent", "failed", "raised" }
  for i, key in ipairs(keys) do keys[i] = key .. "=" .. tostring(answer[key]) end
  return table.concat(keys, " ")
end

local function plain(value)
  if type(value) ~= "userdata" then return value end
  return value.unix_nano and value:unix_nano() or value:payload():data()
end

local function check(id, found)
  local expected = model.granted[id]
  done[id] = true
  if not expected then
    error("task " .. id .. " waits for ever, but got " .. show(found) .. "\n" .. table.concat(log, "\n"))
  end
  if show(found) ~= show(expected) then
    error("task " .. id .. " got " .. show(found) .. "\nexpected " .. show(expected) .. "\n" .. table.concat(log, "\n"))
  end
end

-- What a select came to, in the model's words. Which case it was is told by the channel: the first case of the kind.
local function selected(cases, fine, result)
  if not fine then return { raised = true } end
  if result == nil then return { failed = true } end
  if result.default then return { default = true } end
  return { channel = result.channel, value = plain(result.value), ok = result.ok }
end

-- Compares what is known of a select: a sent value and a received one look the same in its result.
local function check_select(cases, id, fine, result)
  local found, expected = selected(cases, fine, result), model.granted[id]
  if not expected then return check(id, found) end
  if found.channel then
    local case = cases[expected.case]
    if case and case.chan.real == found.channel and found.ok == (expected.ok or expected.sent or false) then
      found.case, found.ok, found.sent = expected.case, expected.ok, expected.sent
    end
  else
    found.case = expected.case
  end
  check(id, found)
end

local function pick(own)
  local chans = model.chans
  while true do
    local chan = chans[math.random(#chans)]
    if not own or chan.kind == "own" then return chan end
  end
end

local function new_value()
  next_value = next_value + 1
  if chance(8) then return { v = nil } end
  return { v = next_value }
end

local function new_id()
  ids = ids + 1
  return ids
end

-- Runs `act` as a task of its own, with an id. The model must be asked right before the real thing is done.
local function task(act)
  coroutine.spawn(function() act(new_id()) end)
end

local function try(cases, id)
  local answer = model.try(cases, id)
  if answer then model.granted[id] = answer end
end

local function new_cases()
  local cases, real = {}, {}
  for i = 1, math.random(4) do
    if chance(3) then
      local chan, value = pick(true), new_value()
      cases[i] = { chan = chan, sends = true, value = value }
      real[i] = chan.real:case_send(value.v)
    else
      local chan = pick()
      cases[i] = { chan = chan }
      real[i] = chan.real:case_receive()
    end
    note("  case", cases[i].sends and "send" or "receive", cases[i].chan.number)
  end
  return cases, real
end

local ops = {}

function ops.receive()
  local chan = pick()
  task(function(id)
    note(id, "receives", chan.number)
    try({ { chan = chan } }, id)
    local value, ok = chan.real:receive()
    check(id, { case = 1, value = plain(value), ok = ok })
  end)
end

function ops.send()
  local chan, value = pick(true), new_value()
  task(function(id)
    note(id, "sends", tostring(value.v), "to", chan.number)
    try({ { chan = chan, sends = true, value = value } }, id)
    local fine, sent = pcall(chan.real.send, chan.real, value.v)
    local found = { case = 1, raised = not fine or nil, failed = fine and not sent or nil }
    if fine and sent then found.sent, found.value = true, value.v end
    check(id, found)
  end)
end

function ops.select()
  local cases, real = new_cases()
  task(function(id)
    note(id, "selects")
    try(cases, id)
    check_select(cases, id, pcall(channel.select, real))
  end)
  -- The table is the program's own: what the select waits for is what was in it then.
  if chance(2) then real[math.random(4)] = chance(2) and pick().real:case_receive() or nil end
end

function ops.poll()
  local cases, real = new_cases()
  local id, mine = new_id(), model.try(cases)
  note(id, "polls")
  model.granted[id] = mine or { default = true }
  real.default = true
  check_select(cases, id, pcall(channel.select, real))
end

function ops.mail()
  next_value = next_value + 1
  local topic = ({ "a", "b", "c" })[math.random(3)]
  note("mail", topic, next_value)
  table.insert(model.arrived, { v = next_value, topic = topic })
  assert(process.send(me, topic, next_value))
end

function ops.listen()
  local topic = chance(2) and "a" or "b"
  local chan = model.listeners[topic]
  note(chan and "unlisten" or "listen", topic, chan and chan.number or #model.chans + 1)
  if chan then
    model.unlisten(topic)
    assert(process.unlisten(chan.real))
  else
    model.listen(topic).real = process.listen(topic)
  end
end

function ops.own()
  local capacity = math.random(0, 2)
  note("new", #model.chans + 1, "capacity", capacity)
  model.add({ kind = "own", capacity = capacity }).real = channel.new(capacity)
end

function ops.close()
  local chan = pick()
  if chan.kind == "mail" or not chance(4) then return end
  note("close", chan.number)
  model.close(chan)
  chan.real:close()
end

local function now() return time.now():unix_nano() end

function ops.timer()
  local kind = ({ "after", "timer", "ticker" })[math.random(3)]
  local span = math.random(50)
  local chan = model.add({ kind = kind })
  note(kind, chan.number, "in", span)
  model.arm(chan, now() + span, kind == "ticker" and span or 0)
  chan.real = time[kind](span)
end

function ops.rearm()
  local chan = pick()
  if not chan.pending then return end
  if chance(2) then
    note("stop", chan.number)
    model.close(chan)
    chan.real:stop()
  else
    local span = math.random(50)
    note("reset", chan.number, "to", span)
    model.arm(chan, now() + span, chan.kind == "ticker" and span or 0)
    chan.real:reset(span)
  end
end

-- Others run; a step begins.
function ops.yield()
  note("yield")
  model.look()
  coroutine.yield()
end

function ops.sleep()
  local span = math.random(20)
  note("sleep", span)
  model.look()
  model.strike_until(now() + span)
  time.sleep(span)
end

-- How often each is done, of all.
local weights = { receive = 5, send = 5, select = 6, poll = 4, mail = 5, listen = 1, own = 1, close = 2, timer = 1,
  rearm = 2, yield = 4, sleep = 3 }
local deck = {}
for name, weight in pairs(weights) do
  for _ = 1, weight do deck[#deck + 1] = name end
end
table.sort(deck)

-- All that were given something have run by now, and no one else has.
local function check_all()
  ops.yield()
  ops.yield()
  for id = 1, ids do
    if (model.granted[id] ~= nil) ~= (done[id] == true) then
      error("task " .. id .. (done[id] and " has run" or " has not run") .. "\n" .. table.concat(log, "\n"))
    end
  end
end

math.randomseed(time.now():unix_nano())
model.inbox = model.add({ kind = "mail" })
model.inbox.real = process.inbox()
for _ = 1, 2 do ops.own() end
for _ = 1, 300 do ops[deck[math.random(#deck)]]() end
check_all()
