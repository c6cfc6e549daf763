-- table.concat(list, separator, first [, last]) for a list with a metatable: in Lua so that `__index` and `__len` can be
-- preempted and may wait.
--
-- The chunk receives natives and returns the function. The arguments were checked: a string and integers, `last` may be nil.

local concat, math_type, type, error = ...

return function(list, separator, first, last)
  last = last or #list
  if math_type(last) ~= "integer" then
    error("object length is not an integer")
  end
  local values, count = {}, 0
  for at = first, last do
    local value = list[at]
    local kind = type(value)
    if kind ~= "string" and kind ~= "number" then
      error("invalid value (" .. kind .. ") at index " .. at .. " in table for 'concat'")
    end
    count = count + 1
    values[count] = value
  end
  return concat(values, separator, 1, count)
end
