-- insert and remove are lenient.
local t = { 1, 2, 3 }
table.insert(t, 4) table.insert(t, 1, 0) table.insert(t, 3, "x")
same("0,1,x,2,3,4", table.unpack(t))
same("4,5", table.remove(t), #t)
same("0,4", table.remove(t, 1), #t)
same("x,3", table.remove(t, 2), #t)
same("1,2,3", table.unpack(t))
same("nil", table.remove({}))
same("nil", table.remove({}, 1))
same("nil,3", table.remove(t, 4), #t)
same("nil,3", table.remove(t, -1), #t)
same("nil,3", table.remove(t, 0), #t)
table.insert(t, 10, "ten") same("ten,3", t[10], #t)
table.insert(t, -5, "low") same("low,3", t[-5], #t)
table.insert(t, "2", "two") same("1,two,2,3", table.unpack(t, 1, 4))
same("", select("#", table.insert({}, 1)) == 0 and "" or "results")
local holes = {} table.insert(holes, nil) same("0", #holes)
same("1", table.remove({ 1 }, 1.0))
fails("bad argument #1 to 'insert' (table expected, got nil)", function() table.insert(nil, 1) end)
fails("wrong number of arguments to 'insert'", function() table.insert({}) end)
fails("wrong number of arguments to 'insert'", function() table.insert({}, 1, 2, 3) end)
fails("bad argument #2 to 'insert' (number expected, got string)", function() table.insert({}, "x", 1) end)
fails("bad argument #1 to 'remove' (table expected, got no value)", function() table.remove() end)
fails("read-only", table.insert, string, 1)
fails("read-only", table.remove, string)
local queue = {}
for i = 1, 1000 do table.insert(queue, i) end
for i = 1, 1000 do same(tostring(i), table.remove(queue, 1)) end
same("0", #queue)

-- concat, pack, unpack, create are Lua's own; unpack is global too.
same("1-2-3,1,12", table.concat({ 1, 2, 3 }, "-"), table.concat({ 1 }, "-"), table.concat({ 1, 2 }))
same("1,2", table.concat({ 1.0, 2.0 }, ","))
fails("invalid value (table) at index 2 in table for 'concat'", table.concat, { 1, {} })
same("2,nil", table.pack(1, nil).n, table.pack(1, nil)[2])
same("1,2", unpack({ 1, 2 }))
same("2,3", unpack({ 1, 2, 3 }, 2, 3))
assert(unpack == table.unpack)
fails("too many results to unpack", table.unpack, {}, 1, 1e8)
same("0", #table.create(100, 10))

-- getn and maxn.
same("3,0", table.getn({ 1, 2, 3 }), table.getn({ x = 1 }))
same("10,0,2.5", table.maxn({ [10] = 1, x = 1 }), table.maxn({ [-1] = 1 }), table.maxn({ [2.5] = 1 }))
fails("table expected", table.getn, nil)

-- move.
same("1,1,2,3", table.unpack(table.move({ 1, 2, 3 }, 1, 3, 2)))
same("2,3,3", table.unpack(table.move({ 1, 2, 3 }, 2, 3, 1)))
same("a,b", table.unpack(table.move({ "a", "b" }, 1, 2, 1, {})))
same("a,b,2", table.unpack(table.move({ "a", "b" }, 1, 2, 1, { 1, 2, 2 })))
same("1,2", table.unpack(table.move({ 1, 2 }, 3, 2, 1)))
fails("too many elements to move", table.move, {}, -1, math.maxinteger, 2)
fails("destination wrap around", table.move, {}, 1, 10, math.maxinteger)
fails("bad argument #1 to 'move' (table expected, got nil)", function() table.move(nil, 1, 1, 1) end)
fails("table expected, got string", table.move, {}, 1, 1, 1, "x")
fails("number expected", table.move, {}, 1)

-- sort.
local function sorted(list, before) table.sort(list, before) return table.concat(list, " ") end
same("1 2 3", sorted({ 3, 1, 2 }))
same("3 2 1", sorted({ 3, 1, 2 }, function(a, b) return a > b end))
same("a b c", sorted({ "c", "a", "b" }))
same("", sorted({}))
local big = {}
for i = 1, 5000 do big[i] = math.random(1000) end
table.sort(big)
for i = 2, #big do assert(big[i - 1] <= big[i]) end
fails("invalid order function for sorting", function()
  local list = {}
  for i = 1, 100 do list[i] = i % 7 end
  table.sort(list, function() return true end)
end)
fails("attempt to compare", table.sort, { 1, "x" })
fails("attempt to compare two table values", table.sort, { {}, {} })
fails("bad argument #1 to 'sort' (table expected, got nil)", table.sort)
fails("bad argument #2 to 'sort' (function expected, got number)", table.sort, { 1, 2 }, 1)
fails(line_after(1) .. "bad argument #1 to 'sort'", function()
  table.sort(1)
end)
fails(line_after(2) .. "invalid order function", function()
  local list = { 3, 2, 1, 3, 2, 1, 3, 2, 1, 3, 2, 1, 3, 2, 1 }
  table.sort(list, function() return true end)
end)
fails("stop", table.sort, { 2, 1 }, function() error("stop") end)
fails("read-only", table.sort, setmetatable({}, { __index = { 2, 1 }, __newindex = string, __len = function() return 2 end }))
-- A comparator may wait.
same("1 2 3", sorted({ 3, 1, 2 }, function(a, b) coroutine.yield() return a < b end))
local steps = coroutine.wrap(function()
  return sorted({ 3, 1, 2 }, function(a, b) coroutine.yield() return a < b end)
end)
local text repeat text = steps() until text
same("1 2 3", text)
same("true", pcall(table.sort, { 2, 1 }, function(a, b) coroutine.yield() return a < b end))

-- A comparator may wait for another task.
local questions, answers = channel.new(), channel.new()
coroutine.spawn(function()
  while true do
    local pair = questions:receive()
    answers:send(pair[1] < pair[2])
  end
end)
same("1 2 3 4", sorted({ 3, 1, 4, 2 }, function(a, b)
  questions:send({ a, b })
  return (answers:receive())
end))
