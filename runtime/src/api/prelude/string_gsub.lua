-- string.gsub(subject, pattern, replacement [, limit]) for a replacement that is a function, or a table whose
-- metatable may call one: in Lua so that it can be preempted and may wait. Strings and plain tables are native.
--
-- The chunk receives natives and returns the function:
--   next_match(subject, pattern, stop) -> start, stop, capture, …
--     The next match, counted from 1, its stop inclusive; an empty match has stop == start - 1. `stop` is that of
--     the match before, or nil at first: a match that ends there too (an empty one) is not found again, and an
--     anchored pattern matches only at first. Without captures the whole match is the one. Nothing: no more.
--   sub(text, first, last), concat(pieces)
--     As string.sub and table.concat, of strings and numbers.
--   type, error
-- The arguments were checked: two strings, a function or table, an integer or nil. Errors are raised at the level
-- of whoever called the function returned.

local next_match, sub, concat, type, error = ...

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
  local copied = 0 -- bytes of the subject that are in the pieces
  local count = 0
  local stop
  while limit == nil or count < limit do
    local start, value
    start, stop, value = answer(replacement, next_match(subject, pattern, stop))
    if not start then
      break
    end
    count = count + 1
    -- false and nil keep the match, which then is copied with what follows.
    if value then
      local kind = type(value)
      if kind ~= "string" and kind ~= "number" then
        error("invalid replacement value (a " .. kind .. ")", 2)
      end
      if start > copied + 1 then
        used = used + 1
        pieces[used] = sub(subject, copied + 1, start - 1)
      end
      used = used + 1
      pieces[used] = value
      copied = stop
    end
  end
  if used == 0 then
    return subject, count
  end
  pieces[used + 1] = sub(subject, copied + 1, -1)
  return concat(pieces), count
end
