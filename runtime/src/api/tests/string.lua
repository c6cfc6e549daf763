-- Strings have methods and arithmetic.
same("X", ("x"):upper())
same("11", "10" + 1)
same("20,5,3,1,-10,100", "10" * "2", "10" / 2, "10" // 3, "10" % 3, -"10", "10" ^ 2)
same("101", "10" .. 1)
fails("attempt to add a 'string' with a 'number'", function() return "x" + 1 end)
fails("attempt to index a nil value", function() return ("x").y.z end)
same("nil", ("x").nothing)
fails("attempt to index a string value", function() local s = "x" s.y = 1 end)
fails("attempt to call a string value", function() local s = "x" s() end)
same("3", #"abc")
same("true", "a" < "b")

-- len and sub count bytes, from either end.
same("0,3,4", (""):len(), ("abc"):len(), ("é\0x"):len())
same("bc,b,c,abc,abc,,", ("abc"):sub(2), ("abc"):sub(2, 2), ("abc"):sub(-1), ("abc"):sub(-10), ("abc"):sub(0, 10),
  ("abc"):sub(3, 2), ("abc"):sub(4))
same("abc,,a,ab", ("abc"):sub(math.mininteger, math.maxinteger), ("abc"):sub(math.maxinteger),
  ("abc"):sub(math.mininteger, 1), ("abc"):sub(1, -2))
same(",", ("abc"):sub(1, -4), ("abc"):sub(2, math.mininteger))
same("23", string.sub(12345, "2", 3.0))
same("2", string.len(12))
fails("bad argument #1 to 'sub' (number expected, got no value)", function() return ("x"):sub() end)
fails("bad argument #2 to 'sub' (number expected, got no value)", function() return string.sub("x") end)
fails("bad argument #1 to 'sub' (string expected, got nil)", function() return string.sub(nil, 1) end)
fails("number has no integer representation", function() return ("x"):sub(1.5) end)
fails("bad argument #2 to 'sub' (number expected, got string)", function() return ("x"):sub(1, "y") end)
fails("bad argument #1 to 'len' (string expected, got no value)", function() return string.len() end)
fails("bad argument #1 to 'len' (string expected, got table)", function() return string.len({}) end)
fails("test:source:", function() return string.len() end)

-- rep repeats, and large results are refused before they are made.
same("ababab,,,", ("ab"):rep(3), ("ab"):rep(0), ("ab"):rep(-1), (""):rep(5))
same("a-a-a,a,---", ("a"):rep(3, "-"), ("a"):rep(1, "-"), (""):rep(4, "-"))
same("111", string.rep(1, 3))
fails("resulting string too large", string.rep, "x", 1 << 40)
fails("resulting string too large", string.rep, "x", math.maxinteger)
fails("resulting string too large", string.rep, "xyz", math.maxinteger, "-")
same("", (""):rep(math.maxinteger))
assert(#("x"):rep(1 << 20) == 1 << 20)

-- byte, char, pack are Lua's own.
same("97,98,99", ("abc"):byte(1, -1))
same("abc,", string.char(97, 98, 99), string.char())
same("cba", ("abc"):reverse())
same("1,2,4", string.unpack("<I1I2", string.pack("<I1I2", 1, 2)))
same("8", string.packsize("<i8"))
fails("value out of range", string.char, 256)

-- Case is Unicode's.
same("ПРИВЕТ É,привет é", ("привет é"):upper(), ("ПРИВЕТ É"):lower())
same("1A,a\255", ("1a"):upper(), ("A\255"):lower())
fails("bad argument #1 to 'upper' (string expected, got no value)", function() string.upper() end)

-- dump gives nothing away.
fails("unable to dump given function", string.dump, function() end)

-- Error objects are strings where a string is expected.
local err = errors.new("went wrong: code 42")
same("6,10", string.find(err, "wrong", 1, true))
same("42", string.match(err, "%d+"))
same("went,wrong,code", (function() local t = {} for w in string.gmatch(err, "%a+") do t[#t + 1] = w end
  return table.unpack(t) end)())
same("went right: code 42,1", string.gsub(err, "wrong", "right"))
same("went WRONG: code 42,1", string.gsub(err, "wrong", function(w) return w:upper() end))
same("19", string.len(err))
same("went", string.sub(err, 1, 4))
same("[went wrong: code 42]", string.format("[%s]", err))
same("WENT WRONG: CODE 42", string.upper(err))
same("found,1", ("lost"):gsub("lost", errors.new("found")))
same("x: went wrong: code 42", "x: " .. err)

-- Integral floats print as integers.
same("5,1e+15,0.1,-0,100000,3", 10 / 2 .. "", 1e15 .. "", 0.1 .. "", -0.0 .. "", 1e5 .. "", 3.0)
