-- find answers positions and captures.
same("2,3", ("abcd"):find("bc"))
same("1,0", ("abc"):find(""))
same("4,3", ("abc"):find("", 4))
same("nil", ("abc"):find("", 5))
same("nil", ("abc"):find("x"))
same("1,3,a,c", ("abc"):find("(.)b(.)"))
same("2,1,2", ("abc"):find("()", 2))
same("3,3", ("a.c.b"):find("c", 1, true))
same("2,2", ("a.c"):find(".", 1, true))
same("2,4", ("a+b+"):find("+b+", 1, true))
same("3,3", ("aba"):find("a", 2))
same("3,3", ("aba"):find("a", -1))
same("1,1", ("aba"):find("a", -100))
same("nil", ("aba"):find("a", math.maxinteger))
same("1,1", ("aba"):find("a", math.mininteger))
same("2,2", ("a\0b"):find("\0"))
same("2,2", ("a\0b"):find("%z"))
same("1,1", ("12"):find(1))
same("1,2", string.find(12, 12))

-- match answers captures, or the whole match.
same("key,value", ("key = value"):match("(%w+)%s*=%s*(%w+)"))
same("abc", ("abc"):match(".+"))
same("1,4", ("abc"):match("().-()$"))
same("nil", ("abc"):match("^b"))
same("b", ("abc"):match("^b", 2))
same("(a(b)c)", ("x(a(b)c)y"):match("%b()"))
same("THE", ("THE (quick) fox"):match("%f[%a]%a+%f[%A]"))
same("aa,a", ("aa"):match("((a)%2)"))
same("", ("abc"):match("x*"))
same("]", ("a]"):match("[]]"))

-- What is wrong with a pattern is told as Lua tells it, with the program's line.
fails("malformed pattern (ends with '%')", string.find, "x", "%")
fails("malformed pattern (missing ']')", string.find, "x", "[a")
fails("unfinished capture", string.find, "x", "(x")
fails("invalid pattern capture", string.match, "x", "x)")
fails("invalid capture index %1", string.find, "x", "%1")
fails("missing '[' after '%f' in pattern", string.find, "x", "%f")
fails("pattern too complex", string.find, ("a"):rep(3000), ("a-"):rep(20) .. "b")
fails(line_after(1) .. "malformed pattern", function()
  return ("x"):find("[")
end)
fails("bad argument #1 to 'find' (string expected, got no value)", function() string.find() end)
fails("bad argument #2 to 'find' (string expected, got nil)", function() string.find("x", nil) end)
fails("bad argument #1 to 'find' (string expected, got table)", function() ("x"):find({}) end)
fails("bad argument #3 to 'match' (number expected, got table)", function() string.match("x", "x", {}) end)

-- gmatch walks over all matches; its iterator is a function of its own.
local function collect(...)
  local list = {}
  for a, b in string.gmatch(...) do list[#list + 1] = b and a .. "=" .. b or a end
  return table.concat(list, ";")
end
same("one;two", collect("one two", "%a+"))
same("a=1;b=2", collect("a=1, b=2", "(%w+)=(%w+)"))
same("1;2;3;4", collect("abc", "()"))
same("a;;b", collect("a  b", "%a*"))
same("", collect("abc", "x"))
same("two", collect("one two", "%a+", 5))
same("wo", collect("one two", "%a+", -2))
same("", collect("one", "%a*", 10))
same("^a", collect("b^a", "^a"))
same("function", type(("x"):gmatch("x")))
local one, other = ("a b"):gmatch("%a"), ("c d"):gmatch("%a")
same("a,c,b,d", one(), other(), one(), other())
same("nil,nil", one(), one())
same("x", collect("x", ".", nil))
for word in ("a b c"):gfind("%a") do same("a", word) break end
fails("unfinished capture", function() for _ in ("x"):gmatch("(x") do end end)
fails("bad argument #1 to 'gmatch' (string expected, got nil)", function() string.gmatch(nil, "x") end)
-- Between matches it can wait.
local waits = coroutine.wrap(function()
  for w in ("a b c"):gmatch("%a") do coroutine.yield(w) end
  return "end"
end)
same("a,b,c,end", waits(), waits(), waits(), waits())
for w in ("a b"):gmatch("%a") do coroutine.yield() end
local many = 0
for _ in ("x "):rep(10000):gmatch("%w") do many = many + 1 end
same("10000", many)
