-- tostring, tonumber.
same("5,nil,true", tostring(5.0), tostring(nil), tostring(true))
same("16,10,255,nil,100000", tonumber("0x10"), tonumber(" 10 "), tonumber("ff", 16), tonumber("x"), tonumber("1e5"))
fails("base out of range", tonumber, "1", 99)
-- pcall, error, xpcall.
same("false,<no error object>", pcall(error))
local object = {}
local _, raised = pcall(error, object)
assert(raised == object)
local err = errors.new { message = "m", kind = errors.INVALID }
_, raised = pcall(error, err)
assert(raised == err)
same("false,handled: x", xpcall(error, function(m) return "handled: " .. m end, "x"))
same("false,x", pcall(error, "x", 0))
same("true,1,2", pcall(function() coroutine.yield() return 1, 2 end))
same("false,late", pcall(function() coroutine.yield() error("late", 0) end))
fails("assertion failed!", assert, false)
fails("mine", assert, nil, "mine")
same("1,2", assert(1, 2))
-- select, ipairs, next, rawequal.
same("2,c,b", select("#", 1, nil), select(-1, "a", "b", "c"), (select(2, "a", "b")))
local sum = 0
for i, v in ipairs { 1, 2, nil, 4 } do sum = sum + i * v end
same("5", sum)
fails("table expected", pairs, nil)
fails("table expected, got nil", next, nil)


-- __pairs may wait, and what it answers fourth is closed when the loop ends.
local closed = 0
local walked = setmetatable({}, { __pairs = function()
  coroutine.yield()
  local guard = setmetatable({}, { __close = function() closed = closed + 1 end })
  return function(_, key) return not key and 1 or nil end, nil, nil, guard
end })
for key in pairs(walked) do same("1", key) end
same("1", closed)
-- print takes anything, whatever the program does to its globals.
print("x", 1, 2.0, nil, true, {}, print, errors.new("e"), setmetatable({}, { __tostring = function() return "t" end }))
print()
fails("no text", print, setmetatable({}, { __tostring = function() error("no text") end }))
_G.tostring, _G.type = nil, nil
print({}, "x")
-- Libraries serve as __index.
local class = setmetatable({}, { __index = string })
assert(class.upper == string.upper and class.nothing == nil)
do
  local _ENV = setmetatable({}, { __index = _G })
  x = math.floor(1.5)
  same("1,nil", x, _G.x)
end
setmetatable(_G, nil)
assert(math.floor(1.5) == 1)
-- From 1e15 on, integral floats print as Lua prints them.
same("999999999999999,-999999999999999,1e+15,6235293561401345.0,-6235293561401345.0,6235293561401345",
  999999999999999.0 .. "", -999999999999999.0 .. "", 1e15 .. "", 6235293561401345.0 .. "", -6235293561401345.0 .. "",
  6235293561401345)
