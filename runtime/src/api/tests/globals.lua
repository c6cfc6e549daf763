-- What is there.
for name in ([[assert error getmetatable setmetatable ipairs next pairs pcall xpcall print rawequal rawget rawset select
  tonumber tostring type unpack _G _VERSION _GOPHER_LUA_VERSION require package table math string coroutine errors os
  payload channel process subscribe unsubscribe integer number boolean any]]):gmatch("[%w_]+") do
  assert(_G[name] ~= nil, name)
  assert(rawget(_G, name) ~= nil, name)
end
same("Lua 5.3 - Wippy Modification,GopherLua 0.1", _VERSION, _GOPHER_LUA_VERSION)
assert(_G._G == _G)
-- What is not.
for name in ([[load loadstring loadfile dofile collectgarbage rawlen debug utf8 io getfenv setfenv module newproxy warn
  json time env logger]]):gmatch("[%w_]+") do
  assert(_G[name] == nil, name)
  assert(rawget(_G, name) == nil, name)
end
local found = {}
for name in pairs(_G) do found[name] = true end
assert(found.print and found.string and found.unpack and not found.load and not found.json)
for name in ([[byte char dump find format gfind gmatch gsub len lower match pack packsize rep reverse sub unpack
  upper]]):gmatch("%a+") do same("function", type(string[name])) end
for name in ("concat create getn insert maxn move pack remove sort unpack"):gmatch("%a+") do
  same("function", type(table[name]))
end
for name in ([[abs acos asin atan atan2 ceil cos cosh deg exp floor fmod frexp ldexp log log10 max min mod modf pow rad
  random randomseed sin sinh sqrt tan tanh tointeger type ult]]):gmatch("%w+") do same("function", type(math[name])) end
for name in ("create resume yield status wrap running isyieldable close spawn"):gmatch("%a+") do
  same("function", type(coroutine[name]))
end

-- package is restricted.
same(",", package.path, package.cpath)
same("string", type(package.loadlib("x", "y")))
local module = {}
package.seeall(module)
assert(module.print == print and rawget(module, "print") == nil)
same("nil", package.loaded)

-- Libraries are read-only, whichever way.
fails("attempt to modify the read-only table 'string'", function() string.upper = 1 end)
fails("attempt to modify the read-only table 'math'", function() math.new = 1 end)
fails("read-only", rawset, table, "x", 1)
fails("read-only", setmetatable, os, {})
fails("read-only", function() package.path = "x" end)
same("nil", getmetatable(string))

-- Libraries can be walked over and read raw.
local names = {}
for name, value in pairs(string) do names[#names + 1] = name assert(string[name] == value) end
table.sort(names)
same("byte", names[1])
assert(#names >= 17)
assert(next(string) ~= nil and next({}) == nil)
assert(rawget(string, "upper") == string.upper and rawget(string, "nothing") == nil)
local key, value = next(math)
assert(math[key] == value)
local count = 0
for _ in next, os do count = count + 1 end
same("5", count)
same("0", #string)
assert(string == string and rawequal(string, string) and string ~= table)
assert(("x").upper == string.upper)
local set = { [string] = 1 }
same("1", set[string])

-- A library does not travel as a table that could be mistaken for one.
same("table", type(payload.new({ lib = string }):data().lib))

-- The metatable of strings is not the real one.
assert(getmetatable("").__index == string)
getmetatable("").__index = nil
same("X", ("x"):upper())

-- A program's globals are its own.
print2 = 5
same("5,5", print2, rawget(_G, "print2"))
print = nil
same("nil,nil,nil", print, _G.print, rawget(_G, "print"))
for name in pairs(_G) do assert(name ~= "print") end
tostring2 = tostring
rawset(_G, "select", 7)
same("7", _G.select)
select = nil
-- These are used by what tests in here from now on.
local ok = pcall(function() return select("#") end)
assert(not ok)
unpack = function() return "mine" end
assert(unpack() == "mine")

-- A strict global table keeps the libraries.
setmetatable(_G, {
  __index = function(_, name) error("undeclared " .. name, 2) end,
  __newindex = function(_, name) error("new " .. name, 2) end,
})
local good, message = pcall(function() return undeclared end)
assert(not good and message:find("undeclared undeclared", 1, true))
good, message = pcall(function() created = 1 end)
assert(not good and message:find("new created", 1, true))
assert(math.floor(1.5) == 1 and os.time() and table.concat({ 1 }) == "1" and tonumber("1") == 1)
assert(type(getmetatable(_G).__index) == "function")
assert(not pcall(function() return print end))
local list = { 2, 1 }
table.sort(list)
assert(list[1] == 1 and ("a"):gsub("a", function() return "b" end) == "b")
assert(("%s"):format(setmetatable({}, { __tostring = function() return "x" end })) == "x")
