-- The iterator of ipairs(list) for a list with a metatable: in Lua so that an `__index` can be preempted and may wait.

return function(list, at)
  at = at + 1
  local value = list[at]
  if value ~= nil then
    return at, value
  end
end
