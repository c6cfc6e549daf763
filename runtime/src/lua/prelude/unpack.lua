-- table.unpack(list, first [, last]) for a list with a metatable: in Lua so that `__index` and `__len` can be preempted and
-- may wait.
--
-- The chunk receives natives and returns the function. `first` and `last` were checked: integers, `last` may be nil.

local unpack, math_type, error = ...

local MOST = 200000 -- more values have no room on any stack

return function(list, first, last)
  last = last or #list
  if math_type(last) ~= "integer" then
    error("object length is not an integer")
  end
  if first > last then
    return
  end
  local count = last - first + 1
  if count <= 0 or count > MOST then
    error("too many results to unpack")
  end
  local values = {}
  for offset = 0, count - 1 do
    values[offset + 1] = list[first + offset]
  end
  return unpack(values, 1, count)
end
