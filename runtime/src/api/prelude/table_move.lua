-- table.move(list, first, last, target [, destination]), in Lua so that it can be preempted however many elements
-- there are to move.
--
-- The chunk receives natives and returns the function:
--   check(list, first, last, target, destination) -> first, last, target, destination
--     Raises where an argument is wrong.
--   same(a, b)
--     As rawequal.

local check, same = ...

return function(list, first, last, target, destination)
  first, last, target, destination = check(list, first, last, target, destination)
  -- Elements that move up within one table are moved from the last, lest they overwrite each other.
  if target > last or target <= first or not same(list, destination) then
    for offset = 0, last - first do
      destination[target + offset] = list[first + offset]
    end
  else
    for offset = last - first, 0, -1 do
      destination[target + offset] = list[first + offset]
    end
  end
  return destination
end
