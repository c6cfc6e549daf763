-- string.gsub(subject, pattern, replacement, limit) for a replacement that is a function, or a table whose metatable
-- may call one: in Lua so that it can be preempted and may wait. Strings and plain tables are native.
--
-- The chunk receives natives and returns the function:
--   next_match(subject, pattern, stop) -> start, stop, capture, …
--     The next match, counted from 1, its stop inclusive; an empty match has stop == start - 1. `stop` is that of
--     the match before, or nil at first: a match that ends there too (an empty one) is not found again, and an
--     anchored pattern matches only at first. Without captures the whole match is the one. Nothing: no more.
--   check(value)
--     Raises unless the value is a string or number.
--   join(subject, pieces, used)
--     The subject with all replacements: the pieces are start, stop and value of each, flat in a list.
--   type
-- The arguments were checked: two strings, a function or table, an integer.

local next_match, check, join, type = ...

-- A replacement's answer for one match, behind where the match is. nil at the end.
local function called(replacement, start, stop, ...)
  if start then
    return start, stop, replacement(...)
  end
end

local function indexed(replacement, start, stop, ...)
  if start then
    return start, stop, replacement[(...)]
  end
end

return function(subject, pattern, replacement, limit)
  local answer = type(replacement) == "function" and called or indexed
  local pieces, used = {}, 0
  local count = 0
  local stop
  while count < limit do
    local start, value
    start, stop, value = answer(replacement, next_match(subject, pattern, stop))
    if not start then
      break
    end
    count = count + 1
    -- false and nil keep the match.
    if value then
      check(value)
      pieces[used + 1], pieces[used + 2], pieces[used + 3] = start, stop, value
      used = used + 3
    end
  end
  if used == 0 then
    return subject, count
  end
  return join(subject, pieces, used), count
end
