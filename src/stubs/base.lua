---@meta _
-- Lua's basic functions, as programs of moondust have them.

---The global table: what a program sets there is its process's own.
---@type table<string, any>
_G = {}

---The version that programs written for Wippy expect.
---@type string
_VERSION = "Lua 5.3 - Wippy Modification"

---The version that programs written for Wippy's VM expect.
---@type string
_GOPHER_LUA_VERSION = "GopherLua 0.1"

---Raises `message` if `value` is false or nil; else answers all its arguments.
---@generic T
---@param value? T
---@param message? any what is raised: a string, an error object or anything else
---@param ... any
---@return T value
---@return any ...
function assert(value, message, ...) end

---Raises `message`; a text gets the place in front that `level` says.
---@param message any a text, an error object or anything else
---@param level? integer 1: where `error` was called (the default); 2: who called that function; 0: no place
function error(message, level) end

---Answers the metatable of a value, or its field `__metatable`.
---@param object any
---@return any metatable
function getmetatable(object) end

---Sets the metatable of a table, and answers the table. `__gc` is never called.
---@generic T: table
---@param table T
---@param metatable? table
---@return T table
function setmetatable(table, metatable) end

---Walks over the values 1, 2, 3, … of a list, up to the first nil.
---@generic T
---@param list T[]
---@return fun(list: T[], index?: integer): integer, T iterator
---@return T[] list
---@return integer start
function ipairs(list) end

---Walks over all keys and values of a table.
---@generic K, V
---@param table table<K, V>
---@return fun(table: table<K, V>, key?: K): K, V iterator
---@return table<K, V> table
---@return nil start
function pairs(table) end

---Answers the key after `key` and its value, or nil after the last.
---@generic K, V
---@param table table<K, V>
---@param key? K nil: the first
---@return K? key
---@return V? value
function next(table, key) end

---Calls a function; answers true and what it answers, or false and what was raised. The function may wait.
---@param f function
---@param ... any its arguments
---@return boolean ok
---@return any result
---@return any ...
function pcall(f, ...) end

---Calls a function as `pcall` does; what was raised goes through `handler`, which may not wait.
---@param f function
---@param handler fun(raised: any): any
---@param ... any the arguments of `f`
---@return boolean ok
---@return any result
---@return any ...
function xpcall(f, handler, ...) end

---Logs its arguments at INFO, with a blank between.
---@param ... any
function print(...) end

---Says whether two values are equal, without metamethods.
---@param a any
---@param b any
---@return boolean
function rawequal(a, b) end

---Answers `table[key]`, without metamethods.
---@param table table
---@param key any
---@return any value
function rawget(table, key) end

---Sets `table[key]`, without metamethods, and answers the table.
---@param table table
---@param key any
---@param value any
---@return table table
function rawset(table, key, value) end

---Answers a module that the entry lists in `modules` or `imports`, or a library.
---@param name string
---@return any module
function require(name) end

---Answers the arguments from number `from` on; with `"#"`, how many there are.
---@param from integer|"#" negative: counted from the end
---@param ... any
---@return any ...
function select(from, ...) end

---Answers the number that a text or a number stands for, or nil.
---@param value any
---@param base? integer 2 to 36; `value` is a text of an integer then
---@return number? number
function tonumber(value, base) end

---Answers a value as text. The text of an error object is its message.
---@param value any
---@return string text
function tostring(value) end

---Answers the name of a value's type.
---@param value any
---@return "nil"|"boolean"|"number"|"string"|"table"|"function"|"thread"|"userdata"|"type" name
function type(value) end

---Answers the values of a list, as `table.unpack` does.
---@generic T
---@param list T[]
---@param from? integer the first (default 1)
---@param to? integer the last (default `#list`)
---@return T ...
function unpack(list, from, to) end

---A type as a value: what `type Name = …` declares, and the basic ones. A call answers its argument, or raises if it is of
---another type; called with types, a generic type answers a type. Two are equal if they are made of the same; `<=` asks
---whether all values of the one are of the other.
---@class Type
---@overload fun(value: any, ...: any): any
local Type = {}

---Answers the value if it is of the type; else nil and an error with details: `field`, `expected`, `got`, `constraint`.
---@param value any
---@return any value
---@return Error? err `Invalid`
function Type:is(value) end

---Answers what sort of type it is: `"record"`, `"union"`, `"string"` and so on.
---@return string kind
function Type:kind() end

---Answers the name that it was declared with, if it has one.
---@return string? name
function Type:name() end

---Answers the type of an array's elements.
---@return Type? element
function Type:elem() end

---Answers the type of a map's keys.
---@return Type? key
function Type:key() end

---Answers the type of a map's values.
---@return Type? value
function Type:val() end

---Answers what an optional type is when it is not nil, or of which generic type an instance is.
---@return Type? inner
function Type:inner() end

---Answers the type of a function's first result.
---@return Type? result
function Type:ret() end

---Answers an iterator over a record's fields: name and type.
---@return fun(): string?, Type? next
function Type:fields() end

---Answers an iterator over the parts of a union, an intersection or a tuple.
---@return fun(): Type? next
function Type:variants() end

---Answers an iterator over a function's parameters: type and name.
---@return fun(): Type?, string? next
function Type:params() end

---Answers an iterator over the parameters of a generic type: name and bound; of an instance, name and type.
---@return fun(): string?, Type? next
function Type:tparams() end

---The type `integer`; a float without a fraction is one.
---@type Type
integer = nil

---The type `number`.
---@type Type
number = nil

---The type `boolean`.
---@type Type
boolean = nil

---The type of all values.
---@type Type
any = nil

---Lets a channel of the program's get what is sent to a topic, beside what the program sends to it.
---@param topic string not empty, and not with `@` in front
---@param channel Channel
---@return true? done
---@return Error? err `AlreadyExists` if the topic has a channel, or the channel a topic
function subscribe(topic, channel) end

---Ends that. A channel of the program's stays open; what it has not received goes to the inbox.
---@param channel Channel
---@return boolean was_subscribed
---@return Error? err `Invalid` if it hears no topic
function unsubscribe(channel) end
