-- Integers are cut out of floats.
same("12,-12,3%", ("%d"):format(12.7), ("%d"):format(-12.7), ("%d%%"):format(3.2))
same("c,F,0x10,17", ("%x"):format(12.9), ("%X"):format(15), ("%#x"):format(16), ("%o"):format(15))
same("A,42,  42|42  |0042|+42", ("%c"):format(65), ("%i"):format(42),
  ("%4d|%-4d|%04d|%+d"):format(42, 42, 42, 42))
same("10", ("%d"):format("10"))
same("10", ("%d"):format("10.5"))
fails("bad argument #1 to 'format' (number expected, got string)", function() return ("%d"):format("x") end)
fails("bad argument #2 to 'format' (number expected, got nil)", function() return string.format("%d", nil) end)
fails("number has no integer representation", string.format, "%d", 1e300)
fails("number has no integer representation", string.format, "%d", 0 / 0)

-- Floats are C's.
same("3.14|3.1|  3.14|1e+10|0x1p-1", ("%.2f|%g|%6.2f|%g|%a"):format(3.14159, 3.1, 3.14159, 1e10, 0.5))
same("inf,-inf", ("%f"):format(math.huge), ("%.1f"):format(-math.huge))
same("5|1e+15|1e+16", ("%s|%s|%s"):format(5.0, 1e15, 10 ^ 16))

-- %s takes anything.
same("nil true false x", ("%s %s %s %s"):format(nil, true, false, "x"))
same("   x|x  |xy", ("%4s|%-3s|%.2s"):format("x", "x", "xyz"))
assert(("%s"):format({}):match("^table: 0x%x+$"))
assert(("%s"):format(print):match("^function: "))
assert(("%s"):format(coroutine.create(print)):match("^thread: 0x"))
local t = {}
same(tostring(t), ("%s"):format(t))
same(tostring(t), ("%s"):format(setmetatable(t, {})))
same("a\0b", ("%s"):format("a\0b"))
same("[a\0b]", ("[%s]"):format("a\0b"))

-- A metamethod makes the text; it may wait only where Lua's tostring may, and it is called once.
local calls = 0
local named = setmetatable({}, { __tostring = function() calls = calls + 1 return "named" end })
same("named 7 named|  named", ("%s %d %s|%7s"):format(named, 7, named, named))
same("3", calls)
fails("'__tostring' must return a string", string.format, "%s", setmetatable({}, { __tostring = function() end }))
fails("broken", string.format, "%s", setmetatable({}, { __tostring = function() error("broken") end }))
assert(("%s"):format(setmetatable({}, { __name = "Point" })):match("^Point: "))
fails("bad argument #1 to 'format' (number expected, got table)", function() return ("%d"):format(named) end)

-- Objects have texts.
same("oops", ("%s"):format(errors.new("oops")))
assert(("%s"):format(channel.new(1)):match("channel"), ("%s"):format(channel.new(1)))

-- %q is read back by Lua.
same([["a\
b\0c\"\\"]], ("%q"):format("a\nb\0c\"\\"))
same("10,0x1p-1,nil,true", ("%q"):format(10), ("%q"):format(0.5), ("%q"):format(nil), ("%q"):format(true))
fails("value has no literal form", string.format, "%q", {})
fails("specifier '%q' cannot have modifiers", string.format, "%5q", "x")

assert(("%p"):format({}):match("^0x%x+$"))
same("(null)", ("%p"):format(1))

-- What is missing or wrong is told.
same("%", ("%%"):format())
same("1", ("%d"):format(1, 2, 3))
fails("bad argument #1 to 'format' (no value)", function() return ("%d"):format() end)
fails("bad argument #3 to 'format' (no value)", function() return string.format("%s %s", 1) end)
fails("invalid conversion '%y' to 'format'", string.format, "%y", 1)
fails("invalid conversion '%' to 'format'", string.format, "%", 1)
fails("invalid conversion", string.format, "%123d", 1)
fails("bad argument #1 to 'format' (string expected, got nil)", function() return string.format(nil) end)
fails("test:source:", function() return string.format("%d", "x") end)
fails("resulting string too large", function()
  local big = ("x"):rep(1 << 24)
  return ("%s%s%s%s%s%s"):format(big, big, big, big, big, big)
end)
same("200", #("%99d%99d%d"):format(1, 1, 10))

-- %s writes numbers as tostring does.
for _ = 1, 2000 do
  local float = math.random() * 10 ^ math.random(-30, 30)
  same(tostring(float), ("%s"):format(float))
  same(tostring(math.floor(float + 0.5)), ("%s"):format(math.floor(float + 0.5)))
  same(tostring(-float // 1), ("%s"):format(-float // 1))
end
for _, float in ipairs { 0 / 0, -(0 / 0), 1 / 0, -1 / 0, 0.0, -0.0, 1e15, 1e14, 123456789012345678, 2 ^ 53, 2 ^ 63 } do
  same(tostring(float) .. "," .. float, ("%s"):format(float), float .. "")
end
-- Endless recursion ends.
local endless = setmetatable({}, { __tostring = function(self) return ("<%s>"):format(self) end })
fails("stack overflow", string.format, "%s", endless)
