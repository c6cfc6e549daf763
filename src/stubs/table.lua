---@meta table
-- Lists and tables.

---@class tablelib
table = {}

---Answers the texts and numbers of a list, joined.
---@param list any[]
---@param separator? string what is between (default nothing)
---@param from? integer the first (default 1)
---@param to? integer the last (default `#list`)
---@return string text
function table.concat(list, separator, from, to) end

---Makes a table with room for so many values.
---@param items integer how many of a list
---@param others? integer how many under other keys
---@return table table
function table.create(items, others) end

---Answers `#list`.
---@param list any[]
---@return integer length
function table.getn(list) end

---Inserts a value into a list: at its end, or before the one at `position`.
---@param list any[]
---@param position integer beyond the ends it only sets
---@param value any
---@overload fun(list: any[], value: any)
function table.insert(list, position, value) end

---Answers the largest key that is a positive number, or 0.
---@param table table
---@return number key
function table.maxn(table) end

---Copies the values from `from` to `to` to another place, or into another list.
---@param list table
---@param from integer
---@param to integer
---@param at integer where the first is put
---@param into? table default: `list`
---@return table into
function table.move(list, from, to, at, into) end

---Answers a list of its arguments, with their number as `n`.
---@param ... any
---@return table list
function table.pack(...) end

---Takes a value out of a list: the last, or the one at `position`. Of an empty list that is nil.
---@param list any[]
---@param position? integer
---@return any value
function table.remove(list, position) end

---Sorts a list in its place; `before` may wait.
---@generic T
---@param list T[]
---@param before? fun(a: T, b: T): boolean default: `a < b`
function table.sort(list, before) end

---Answers the values of a list.
---@generic T
---@param list T[]
---@param from? integer the first (default 1)
---@param to? integer the last (default `#list`)
---@return T ...
function table.unpack(list, from, to) end

return table
