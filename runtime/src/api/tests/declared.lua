-- A declared type that is called answers the value itself, or raises.
type User = { name: string, age: integer, email?: string, tags: {string}? }
local ann = { name = "Ann", age = 30, more = true }
assert(User(ann) == ann)
fails("test:source:", function() return User(1) end)
fails("expected User, got number", function() return User(1) end)
fails("User(value) takes 1 argument, got 0", function() return User() end)
fails("User(value) takes 1 argument, got 2", function() return User(ann, ann) end)
fails("age: expected integer, got string", function() return User { name = "x", age = "1" } end)
fails("name: required field missing", function() return User { age = 1 } end)
fails("tags[2]: expected string, got number", function() return User { name = "x", age = 1, tags = { "a", 2 } } end)
-- `is` asks, with and without itself.
local function told(value, err)
  if err == nil then return "well", value end
  local parts = { err:message() }
  for _, key in ipairs { "field", "expected", "got", "constraint" } do
    parts[#parts + 1] = key .. "=" .. tostring(err:details()[key])
  end
  assert(value == nil and err:kind() == errors.INVALID and err:retryable() == false)
  return concat(parts, "; ")
end
assert(User:is(ann) == ann and User.is(ann) == ann and select("#", User:is(ann)) == 2)
local ask = User.is
assert(ask(ann) == ann and select(2, ask(1)):message() == "expected User, got number")
same("expected User, got nil; field=nil; expected=User; got=nil; constraint=nil", told(User:is(nil)))
same("name: required field missing; field=name; expected=string; got=nil; constraint=nil", told(User:is { age = 1 }))
fails("value expected", function() return User:is() end)
fails("value expected", function() return User.is() end)
-- Each sort of type, a value of it, one that is none, and what is said of that.
type Object = { user: User?, list: { Object }? }
type Missing = { x: NotThere }
type Id = string | integer
type Both = { a: string } & { b: number }
type Status = "on" | "off" | 1 | 2.5 | true
type Pair = { string, number }
type Callback = (x: number) -> string
interface Named function name(): string end
type HasName = Named
type Scores = { [string]: number }
type Name = string @min_len(2) @max_len(4) @pattern("^[a-z]+$")
type Age = integer @min(0) @max(150)
type Names = { string } @min_len(1)
type Odd = string @pattern("(") | number
type Checked = { age: Age, names: Names? }
type Unknown = string @email @whatever(1)
type None = never
type Whatever = unknown
type Failed = error
type Maybe = string?
type Table = table
type Function = function
type Userdata = userdata
type Thread = thread
type Nil = nil
type Readonly = readonly { string }
type Empty = {}
type Tree = { value: integer, children: { Tree } }
type Text = keyof(User)
type UserAge = User["age"]
local err, thread = errors.new("x"), coroutine.create(function() end)
local holes = { "a", nil, "c" }
for _, row in ipairs {
  { Id, "x" }, { Id, 1 }, { Id, 1.5, "expected Id, got number" }, { Id, nil, "expected Id, got nil" },
  { Both, { a = "x", b = 1 } }, { Both, { a = "x" }, "b: required field missing" },
  { Status, "on" }, { Status, 1.0 }, { Status, 2.5 }, { Status, true }, { Status, false, "expected Status, got boolean" },
  { Status, "maybe", "expected Status, got string" },
  { Pair, { "x", 1, 2 } }, { Pair, { "x" }, "[2]: expected number, got nil" }, { Pair, { 1, 1 }, "[1]: expected string, got number" },
  { Callback, print }, { Callback, {}, "expected Callback, got table" },
  { HasName, {} }, { HasName, 1, "expected HasName, got number" },
  { Scores, { a = 1 } }, { Scores, {} }, { Scores, { a = "x" }, "a: expected number, got string" },
  { Scores, { 1 }, "[1]: key: expected string, got number" }, { Scores, { ["a b"] = 1, }, nil },
  { Scores, { ["a b"] = true }, '["a b"]: expected number, got boolean' },
  { Name, "abc" }, { Name, "a", "length 1 is less than min_len 2" }, { Name, "abcde", "length 5 is more than max_len 4" },
  { Name, "ABC", "does not match pattern ^[a-z]+$" }, { Name, 1, "expected string, got number" },
  { Age, 0 }, { Age, 150 }, { Age, -1, "-1 is less than min 0" }, { Age, 151, "151 is more than max 150" },
  { Age, 1.5, "expected integer, got number" },
  { Names, { "a" } }, { Names, {}, "length 0 is less than min_len 1" },
  { Odd, 1 }, { Odd, "x", "expected Odd, got string" },
  { Checked, { age = 200 }, "age: 200 is more than max 150" }, { Checked, { age = 1, names = {} }, "names: length 0 is less than min_len 1" },
  { Unknown, "x" },
  { None, nil, "expected None, got nil" }, { None, 1, "expected None, got number" },
  { Whatever, nil }, { Whatever, 1 },
  { Failed, err }, { Failed, {}, "expected Failed, got table" }, { Failed, channel.new(), "expected Failed, got userdata" },
  { Maybe, nil }, { Maybe, "x" }, { Maybe, 1, "expected string, got number" },
  { Table, {} }, { Table, 1, "expected Table, got number" }, { Table, math },
  { Function, print }, { Function, 1, "expected Function, got number" },
  { Userdata, channel.new() }, { Userdata, err }, { Userdata, {}, "expected Userdata, got table" },
  { Thread, thread }, { Thread, 1, "expected Thread, got number" },
  { Nil, nil }, { Nil, false, "expected Nil, got boolean" },
  { Readonly, holes }, { Readonly, {} }, { Readonly, { x = 1 } }, { Readonly, { 1 }, "[1]: expected string, got number" },
  { Empty, { 1 } }, { Empty, "x", "expected Empty, got string" },
  { Tree, { value = 1, children = { { value = 2, children = {} } } } },
  { Tree, { value = 1, children = { { value = 2 } } }, "children[1].children: required field missing" },
  { Text, "name" }, { Text, "x", "got string" }, { UserAge, 1 }, { UserAge, "x", "expected UserAge, got string" },
  { Missing, {}, "x: unresolved type NotThere" }, { Missing, { x = 1 }, "x: unresolved type NotThere" },
  { Object, { list = { { user = ann }, { user = 1 } } }, "list[2].user: expected User, got number" },
} do
  local type, value, wrong = row[1], row[2], row[3]
  local got, failure = type:is(value)
  if wrong == nil then
    assert(failure == nil, tostring(failure))
    assert(rawequal(got, value) and rawequal(type(value), value))
  else
    assert(failure, wrong)
    if not failure:message():find(wrong, 1, true) then error("expected '" .. wrong .. "', got '" .. failure:message() .. "'") end
    fails(failure:message(), type, value)
  end
end
same("age: 200 is more than max 150; field=age; expected=@max(150); got=200; constraint=max", told(Checked:is { age = 200 }))
same("does not match pattern ^[a-z]+$; field=nil; expected=@pattern(\"^[a-z]+$\"); got=nil; constraint=pattern", told(Name:is("ABC")))
-- Only what is in the table itself counts, and nothing of the program's is called.
local loud = setmetatable({}, { __index = function() error("called") end, __len = function() error("called") end, __pairs = error })
same("nil", (User:is(loud)))
assert(Names:is(loud) == nil and Scores:is(loud) == loud)
-- How deep a value may be nested, also one that holds itself.
local function chain(count)
  local value = { value = 0, children = {} }
  for _ = 1, count do value = { value = 0, children = { value } } end
  return value
end
assert(Tree:is(chain(30)))
same("nil,nested deeper than 64 levels", Tree:is(chain(40)))
local own = { value = 1, children = {} }
own.children[1] = own
same("nil,nested deeper than 64 levels", Tree:is(own))
-- A value that shares itself is looked at in little time, also by unions that fail.
type Twice = { Twice } | number
type Never = { l: Never?, r: Never?, x: string } | { l: Never?, r: Never?, x: integer }
local shared, bad = { 1, 1 }, { x = true }
for _ = 1, 25 do shared = { shared, shared } bad = { l = bad, r = bad, x = 1 } end
assert(Twice:is(shared) == shared)
same("nil,expected Never, got table", Never:is(bad))
-- Large arrays.
type Numbers = { number }
local many = {}
for i = 1, 100000 do many[i] = i end
assert(Numbers(many) == many)
many[99999] = "x"
fails("[99999]: expected number, got string", function() return Numbers(many) end)
same("nil,[99999]: expected number, got string", Numbers:is(many))
-- A sparse table says that it is longer than anything can be.
local sparse, at = table.create(0, 256), 1
sparse[1] = 1
while at < 1 << 40 do
  sparse[2 * at] = 1
  if #sparse < 2 * at then sparse[2 * at + 1] = 1 end
  at = #sparse
end
assert(Numbers:is(sparse) == sparse)
-- Generic types make types.
type Box<T> = { value: T }
type Limited<T: number> = { T }
type Twin<A, B> = { first: A, second: B }
local Words = Box(string)
same("Box<string>,instantiated,nil", Words, Words:kind(), Words:name())
assert(Words { value = "x" } and Words == Box(string) and Words ~= Box(number))
fails("value: expected string, got number", function() return Words { value = 1 } end)
fails("expected Box<string>, got number", Words, 1)
same("Twin<integer, Box<User>>", Twin(integer, Box(User)))
fails("string is no number, which T must be", function() return Limited(string) end)
fails("Twin takes 2 types, got 1", function() return Twin(string) end)
assert(Box { value = 1 })
fails("value: expected User, got number", Box(User), { value = 1 })
fails("expected Empty, got type", function() return Empty(string.len == nil and 1 or integer) end)
local last = integer
local ok, message = pcall(function() for _ = 1, 100000 do last = Box(last) end end)
assert(not ok and tostring(message):find("too many types", 1, true), message)
assert(Box(string) == Words)
