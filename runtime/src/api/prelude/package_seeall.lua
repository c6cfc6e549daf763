-- package.seeall(module): what the module's table has not, it finds among the globals.

local getmetatable, setmetatable, globals = getmetatable, setmetatable, _G

return function(module)
  local meta = getmetatable(module) or {}
  meta.__index = globals
  setmetatable(module, meta)
end
