---@meta package
-- What is left of Lua's `package`: nothing is loaded from files.

---@class packagelib
package = {}

---Always empty.
---@type string
package.path = ""

---Always empty.
---@type string
package.cpath = ""

---Loads nothing: answers why.
---@param ... any
---@return string why
function package.loadlib(...) end

---Makes a table see all globals.
---@param module table
function package.seeall(module) end

return package
