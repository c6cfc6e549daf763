-- What Lua 5.5 has is as there.
same("3,-4,4,-3", math.floor(3.7), math.floor(-3.2), math.ceil(3.2), math.ceil(-3.7))
same("integer,float,nil", math.type(1), math.type(1.0), math.type("1"))
same("3,nil,8", math.tointeger(3.0), math.tointeger(3.5), math.tointeger("8"))
same("3,2", math.log(8, 2), math.log(100, 10))
same("0,1", math.log(1), math.exp(0))
same("1,-1,1", math.fmod(7, 3), math.fmod(-7, 3), math.fmod(7, -3))
same("3,0.5", math.modf(3.5))
same("1,3", math.min(1, 2, 3), math.max(1, 2, 3))
same("5,5", math.abs(-5), math.abs(5.0))
same("true,false", math.ult(1, -1), math.ult(-1, 1))
same("9223372036854775807,-9223372036854775808", math.maxinteger, math.mininteger)
same("inf,-inf,3.1415926535898", math.huge, -math.huge, ("%.13f"):format(math.pi))
same("2,180,1", math.sqrt(4), math.deg(math.pi), math.rad(180) / math.pi)
fails("bad argument #1 to 'floor' (number expected, got string)", function() math.floor("x") end)

-- What it has dropped is there all the same.
same("8,2,1,-1", math.pow(2, 3), math.log10(100), math.mod(7, 3), math.mod(-7, 3))
same("0.7854", ("%.4f"):format(math.atan2(1, 1)))
same("1.1752,1.5431,0.7616", ("%.4f"):format(math.sinh(1)), ("%.4f"):format(math.cosh(1)), ("%.4f"):format(math.tanh(1)))
same("0.5,4", math.frexp(8))
same("-0.75,2", math.frexp(-3))
same("0,0", math.frexp(0))
same("inf,0", math.frexp(math.huge))
same("0.5,-1073", math.frexp(2 ^ -1074))
same("8,0,inf", math.ldexp(0.5, 4), math.ldexp(1, -5000), math.ldexp(1, 5000))
assert(math.ldexp(1, -1074) == 2 ^ -1074 and math.ldexp(0.5, 1024) == 2 ^ 1023)
assert(math.ldexp(2 ^ -1074, 2000) == 2 ^ 926 and math.ldexp(2 ^ 1000, -2000) == 2 ^ -1000)
for _, x in ipairs { 1, 0.1, 123.456, 2 ^ -1060, 1.7976931348623157e308, -5e-324 } do
  assert(math.ldexp(math.frexp(x)) == x)
end
same("8", math.pow("2", "3"))
fails("bad argument #2 to 'pow' (number expected, got no value)", function() math.pow(1) end)

-- random.
for _ = 1, 1000 do
  local x = math.random()
  assert(x >= 0 and x < 1)
  local die = math.random(6)
  assert(math.type(die) == "integer" and die >= 1 and die <= 6)
  local between = math.random(-3, 3)
  assert(between >= -3 and between <= 3)
  local wide = math.random(math.mininteger, math.maxinteger)
  assert(math.type(wide) == "integer" and math.type(math.random(0)) == "integer")
  local upper = math.random(0, math.maxinteger)
  assert(upper >= 0)
end
local seen = {}
for _ = 1, 10000 do local at = math.random(10) seen[at] = (seen[at] or 0) + 1 end
for i = 1, 10 do assert(seen[i] > 850 and seen[i] < 1150, seen[i]) end
same("5,3", math.random(5, 5), math.random(3.0, 3.0))
assert(math.random("6") <= 6)
fails("bad argument #1 to 'random' (interval is empty)", function() math.random(-1) end)
fails("bad argument #1 to 'random' (interval is empty)", function() math.random(2, 1) end)
fails("wrong number of arguments", math.random, 1, 2, 3)
fails("bad argument #1 to 'random' (number has no integer representation)", function() math.random(1.5) end)
fails("bad argument #1 to 'random' (number expected, got nil)", function() math.random(nil) end)

-- A seed makes it repeatable.
math.randomseed(42)
local first = { math.random(100), math.random(100), math.random() }
math.randomseed(42)
local second = { math.random(100), math.random(100), math.random() }
for i = 1, 3 do assert(first[i] == second[i]) end
math.randomseed(42.0)
assert(math.random(100) == first[1])
math.randomseed(43)
math.randomseed(1.5)
same("2", select("#", math.randomseed()))
same("7,0", math.randomseed(7))
fails("number expected", math.randomseed, {})
