-- Kinds, names and texts.
type User = { name: string, age: integer, email?: string }
type Id = string | integer
type List = { User }
type Scores = { [string]: number }
type Callback = (name: string, count?: integer, ...any) -> (boolean, string)
type Quiet = () -> ()
type Pair = { string, number }
type Maybe = User?
type Name = string @min_len(1)
type Box<T, U: number> = { value: T, count: U }
type Both = { a: string } & { b: number }
interface Animal function speak(to: string): string end
interface Dog: Animal function bark() end
type Pet = Dog
type Same = { age: integer, name: string, email?: string }
type Clash = { kind: string, is: integer, other: boolean }
same("record,union,array,map,function,tuple,optional,string,generic,intersection,interface",
  User:kind(), Id:kind(), List:kind(), Scores:kind(), Callback:kind(), Pair:kind(), Maybe:kind(), Name:kind(),
  Box:kind(), Both:kind(), Pet:kind())
same("User,User,type,integer,integer", User:name(), User, type(User), integer:name(), integer)
same("{string, number},nil", tostring(Box(Pair, integer).value:kind() == "tuple" and "{string, number}"), Box(Pair, integer):name())
-- Parts.
same("User,string,number,User,boolean,nil", List:elem(), Scores:key(), Scores:val(), Maybe:inner(), Callback:ret(), Quiet:ret())
same("nil,nil,nil,nil,nil", User:elem(), User:key(), User:val(), User:inner(), User:ret())
local function all(next)
  local parts = {}
  for a, b in next do parts[#parts + 1] = tostring(a) .. ":" .. tostring(b) end
  return concat(parts, " ")
end
same("name:string age:integer email:string", all(User:fields()))
same("bark:() -> () speak:(to: string) -> string", all(Pet:fields()))
same("a:string b:number", all(Both:fields()))
same("string:nil integer:nil", all(Id:variants()))
same("string:nil number:nil", all(Pair:variants()))
same("string:name integer:count any:...", all(Callback:params()))
same("T:nil U:number", all(Box:tparams()))
type Bounded<T, U: T> = { T, U }
local parameters = Bounded:tparams()
same("T,nil", parameters())
same("parameter", select(2, parameters()):kind())
same("T:string U:integer", all(Box(string, integer):tparams()))
same(",,,", all(integer:fields()), all(integer:variants()), all(integer:params()), all(integer:tparams()))
assert(Box(string, integer):inner() == Box)
-- Fields by name; methods win over fields.
same("function,integer,nil,nil", type(User.name), User.age, User.nothing, User[1])
same("boolean,string", Clash.other, Clash:kind() == "record" and tostring(select(2, Clash:fields()())))
assert(type(Clash.kind) == "function")
assert(User.age(1) == 1 and User.age == integer)
fails("expected integer, got string", User.age, "x")
-- Equal are those that are made of the same; as keys they are themselves.
assert(User == Same and User ~= Id and not rawequal(User, List))
local names = { [User] = "user", [Same] = "same" }
same("user,same", names[User], names[Same])
-- Subtypes.
assert(integer <= number and integer < number and not (number <= integer) and integer <= integer and not (integer < integer))
assert(User <= Same and not (User < Same) and string <= Id and string < Id and not (Id <= string) and Id >= string)
assert(integer <= any and User <= Maybe and not (Maybe <= User) and Name < string and number > integer)
fails("attempt to compare type with number", function() return integer < 1 end)
fails("attempt to compare number with type", function() return 1 <= integer end)
fails("attempt to compare table with type", function() return math <= integer end)
-- string is the type as well as the library.
same("x,nil", string:is("x"))
same("nil,expected string, got number", string:is(1))
same("x,nil", string.is("x"))
same("nil,expected string, got number", string.is(1))
-- Misuse.
fails("type expected", function() return User.kind(1) end)
fails("attempt to concatenate", function() return "x" .. User end)
fails("attempt to index a type value", function() User.name = 1 end)
-- Types in scopes, and in tables and closures.
local function make() type Local = { x: Outer } type Outer = string return Local end
same("Local,Outer,string", make(), make().x, make().x:kind())
assert(make() == make())
for _, T in ipairs { User, Id } do assert(T:kind() ~= nil) end
