-- Checks and measures the preludes in any stock Lua from 5.4 on, against its own functions: `lua5.4 check.lua` in
-- this folder. What is native in the runtime is imitated here.

local sort = assert(loadfile("table_sort.lua"))(type, error)

local function next_match(subject, pattern, stop)
  local anchored = pattern:sub(1, 1) == "^"
  if anchored and stop then return end
  local from = (stop or 0) + 1
  while from <= #subject + 1 do
    local found = table.pack(subject:find(pattern, from))
    if not found[1] then return end
    if found[2] ~= stop then
      if found.n == 2 then found.n, found[3] = 3, subject:sub(found[1], found[2]) end
      return table.unpack(found, 1, found.n)
    end
    from = found[1] + 1
  end
end

local function check(value)
  local kind = type(value)
  if kind ~= "string" and kind ~= "number" then error("invalid replacement value (a " .. kind .. ")", 3) end
end

local function join(subject, pieces, used)
  local texts, copied = {}, 0
  for i = 1, used, 3 do
    texts[#texts + 1] = subject:sub(copied + 1, pieces[i] - 1) .. pieces[i + 2]
    copied = pieces[i + 1]
  end
  return table.concat(texts) .. subject:sub(copied + 1)
end

local gsub = assert(loadfile("string_gsub.lua"))(next_match, check, join, type)

local function show(...) return table.concat(assert(loadfile("texts.lua"))()(tostring, { ... }), " ") end
assert(show(1, true, "x") == "1 true x")

local function shuffled(size, kinds)
  local list = {}
  for i = 1, size do list[i] = math.random(kinds) end
  return list
end

local function greater(a, b) return a > b end

local function check_order(list, before)
  local mine, theirs = table.move(list, 1, #list, 1, {}), table.move(list, 1, #list, 1, {})
  sort(mine, before)
  table.sort(theirs, before)
  for i = 1, #list do assert(mine[i] == theirs[i], #list) end
end

for size = 0, 70 do
  for kinds = 1, 100, 11 do
    check_order(shuffled(size, kinds))
    check_order(shuffled(size, kinds), greater)
  end
end
for _, size in ipairs { 1000, 30000 } do
  local up, organ, same = {}, {}, {}
  for i = 1, size do up[i], organ[i], same[i] = i, math.min(i, size - i), 7 end
  for _, list in ipairs { up, organ, same, shuffled(size, 10), shuffled(size, 1 << 40) } do
    check_order(list)
    check_order(list, greater)
  end
end
check_order { "b", "a", "", "c\0", "c" }
check_order({ 3, 1.5, 2 }, greater)

-- An adversary (McIlroy's) that makes every pivot the worst: without heapsort this takes a hundred million calls.
do
  local size, solid, calls, candidate = 20000, 0, 0, nil
  local values, list = {}, {}
  for i = 1, size do values[i], list[i] = math.huge, i end
  sort(list, function(a, b)
    calls = calls + 1
    if values[a] == math.huge and values[b] == math.huge then
      solid = solid + 1
      values[a == candidate and a or b] = solid
    end
    if values[a] == math.huge then candidate = a elseif values[b] == math.huge then candidate = b end
    return values[a] < values[b]
  end)
  assert(calls < 60 * size, calls)
end

-- Comparators that lie end, and lose nothing.
for round = 1, 300 do
  local size = math.random(2, 300)
  local list = {}
  for i = 1, size do list[i] = i end
  local calls, fatal = 0, math.random(4000)
  local ok, message = pcall(sort, list, function()
    calls = calls + 1
    if calls == fatal then error("stop", 0) end
    if round % 3 == 0 then return true end
    return math.random(2) == 1
  end)
  assert(ok or message == "stop" or message:find "invalid order function", message)
  local seen = {}
  for i = 1, size do seen[list[i]] = true end
  assert(#seen == size)
end

local function fails(expected, f, ...)
  local ok, message = pcall(f, ...)
  assert(not ok and message:find(expected, 1, true), message)
end
fails("check.lua:" .. debug.getinfo(1, "l").currentline .. ": bad argument #1 to 'sort' (table", function() sort(1) end)
fails("bad argument #2 to 'sort' (function expected, got table)", function() sort({ 1, 2 }, {}) end)
fails("attempt to compare", sort, { 1, "x" })
fails("array too big", function() sort(setmetatable({}, { __len = function() return 1 << 31 end })) end)
fails("object length is not an integer", function() sort(setmetatable({}, { __len = function() return "x" end })) end)
local function always() return true end
fails("check.lua:" .. debug.getinfo(1, "l").currentline .. ": invalid order", function() sort(shuffled(100, 3), always) end)
local waiting = coroutine.wrap(function()
  local list = shuffled(50, 50)
  sort(list, function(a, b) coroutine.yield() return a < b end)
  return list
end)
local sorted repeat sorted = waiting() until sorted
assert(#sorted == 50)

local subjects = { "", "a", "hello world", "abc=1, d=22", "  x ", "aaa", "THE (quick) fox" }
local patterns = { "", "a", "%w+", "(%w)(%w*)", "()", "x*", "^a", "^", "$", "(%w+)=(%w+)", ".", "%s*", "z", "()a()" }
local replacements = {
  function(...) return "<" .. table.concat({ ... }, "|") .. ">" end,
  function() end,
  function() return false end,
  function(a) return #tostring(a) > 1 and a or nil end,
  function() return 1.5 end,
  function() return "" end,
  { a = "A", hello = true and "bye", [1] = "one" },
  setmetatable({}, { __index = function(_, key) return "[" .. tostring(key) .. "]" end }),
}
for _, subject in ipairs(subjects) do
  for _, pattern in ipairs(patterns) do
    for i, replacement in ipairs(replacements) do
      for _, limit in ipairs { 0, 1, 2, 1000 } do
        local mine, my_count = gsub(subject, pattern, replacement, limit)
        local theirs, their_count = subject:gsub(pattern, replacement, limit)
        assert(mine == theirs and my_count == their_count, subject .. "/" .. pattern .. "/" .. i .. "/" .. limit)
      end
    end
  end
end
local function none() return {} end
fails("check.lua:" .. debug.getinfo(1, "l").currentline .. ": invalid replacement value (a table)", function() gsub("x", "x", none, 9) end)
local pausing = coroutine.wrap(function()
  return (gsub("a b", "%a", function(letter) coroutine.yield() return letter:upper() end, 9))
end)
local text repeat text = pausing() until text
assert(text == "A B")

local function milliseconds(f, list, before)
  local best = math.huge
  for _ = 1, 5 do
    local copy = table.move(list, 1, #list, 1, {})
    local start = os.clock()
    f(copy, before)
    best = math.min(best, os.clock() - start)
  end
  return ("%6.1f ms"):format(best * 1000)
end
local list = shuffled(100000, 1 << 40)
local function less(a, b) return a < b end
local names = {}
for i, value in ipairs(list) do names[i] = "name" .. value end
print("100,000          prelude", "built in")
print("numbers       ", milliseconds(sort, list), milliseconds(table.sort, list))
print("numbers, a < b", milliseconds(sort, list, less), milliseconds(table.sort, list, less))
print("strings       ", milliseconds(sort, names), milliseconds(table.sort, names))
