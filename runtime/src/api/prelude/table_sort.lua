-- table.sort(list [, before]), in Lua so that a comparator can be preempted and may wait.
--
-- The chunk receives the natives `type` and `error` and returns the function. Sorts in place, not stably; `before`
-- defaults to `<`. Quicksort on the median of three, insertion sort for short ranges, heapsort where the
-- partitions stay lopsided: never quadratic, and it ends whatever the comparator answers ("invalid order function
-- for sorting" where that shows). Between any two comparisons the list holds what it held, in some order.
--
-- What ends in `_by_value` is its neighbour over again; only so does the default `<` cost no call.

local type, error = ...

local LONGEST = 2147483646 -- PUC's limit
local SHORT = 10 -- ranges up to this are sorted by insertion; 6 to 16 measured the same
local INVALID = "invalid order function for sorting"

local function is_less(a, b)
  return a < b
end

-- Sorts list[lo..hi]. Swaps at each step, so that nothing is lost if `before` raises.
local function heap_sort(list, lo, hi, before)
  local base = lo - 1
  local size = hi - base
  local root = size // 2
  while size > 1 do
    if root > 0 then
      root = root - 1
    else
      list[lo], list[base + size] = list[base + size], list[lo]
      size = size - 1
    end
    local at = root + 1
    local value = list[base + at]
    while 2 * at <= size do
      local child = 2 * at
      local largest = list[base + child]
      if child < size then
        local right = list[base + child + 1]
        if before(largest, right) then
          child, largest = child + 1, right
        end
      end
      if not before(value, largest) then
        break
      end
      list[base + at], list[base + child] = largest, value
      at = child
    end
  end
end

-- How many lopsided partitions a list of `size` may take before heapsort: twice its binary logarithm.
local function patience_for(size)
  local patience = 0
  while size > 1 do
    size = size // 2
    patience = patience + 2
  end
  return patience
end

-- Splits list[lo..hi] in two around the element whose place is returned. The first and the last element end the
-- searches, unless the comparator contradicts itself.
local function partition_by_value(list, lo, hi)
  local middle = (lo + hi) // 2
  local first, pivot, last = list[lo], list[middle], list[hi]
  if pivot < first then
    first, pivot = pivot, first
  end
  if last < pivot then
    pivot, last = last, pivot
    if pivot < first then
      first, pivot = pivot, first
    end
  end
  local i, j = lo, hi - 1
  list[lo], list[middle], list[j], list[hi] = first, list[j], pivot, last
  while true do
    i = i + 1
    local left = list[i]
    while left < pivot do
      if i >= hi - 1 then
        error(INVALID, 3)
      end
      i = i + 1
      left = list[i]
    end
    j = j - 1
    local right = list[j]
    while pivot < right do
      if j < i then
        error(INVALID, 3)
      end
      j = j - 1
      right = list[j]
    end
    if j < i then
      list[i], list[hi - 1] = pivot, left
      return i
    end
    list[i], list[j] = right, left
  end
end

local function partition_by_function(list, lo, hi, before)
  local middle = (lo + hi) // 2
  local first, pivot, last = list[lo], list[middle], list[hi]
  if before(pivot, first) then
    first, pivot = pivot, first
  end
  if before(last, pivot) then
    pivot, last = last, pivot
    if before(pivot, first) then
      first, pivot = pivot, first
    end
  end
  local i, j = lo, hi - 1
  list[lo], list[middle], list[j], list[hi] = first, list[j], pivot, last
  while true do
    i = i + 1
    local left = list[i]
    while before(left, pivot) do
      if i >= hi - 1 then
        error(INVALID, 3)
      end
      i = i + 1
      left = list[i]
    end
    j = j - 1
    local right = list[j]
    while before(pivot, right) do
      if j < i then
        error(INVALID, 3)
      end
      j = j - 1
      right = list[j]
    end
    if j < i then
      list[i], list[hi - 1] = pivot, left
      return i
    end
    list[i], list[j] = right, left
  end
end

-- Sorts a short list[lo..hi]. Compares first, then moves.
local function insert_by_value(list, lo, hi)
  for i = lo + 1, hi do
    local value, j = list[i], i - 1
    while j >= lo and value < list[j] do
      j = j - 1
    end
    for k = i - 1, j + 1, -1 do
      list[k + 1] = list[k]
    end
    list[j + 1] = value
  end
end

local function insert_by_function(list, lo, hi, before)
  for i = lo + 1, hi do
    local value, j = list[i], i - 1
    while j >= lo and before(value, list[j]) do
      j = j - 1
    end
    for k = i - 1, j + 1, -1 do
      list[k + 1] = list[k]
    end
    list[j + 1] = value
  end
end

-- Sorts list[1..hi].
local function sort(list, hi, before, partition, insert)
  local lo, patience = 1, patience_for(hi)
  local later, pending = {}, 0 -- ranges still to do: lo, hi, patience
  while true do
    while hi - lo >= SHORT and patience > 0 do
      local at = partition(list, lo, hi, before)
      patience = patience - 1
      later[pending + 3] = patience
      if at - lo < hi - at then
        later[pending + 1], later[pending + 2] = at + 1, hi
        hi = at - 1
      else
        later[pending + 1], later[pending + 2] = lo, at - 1
        lo = at + 1
      end
      pending = pending + 3
    end
    if hi - lo >= SHORT then
      heap_sort(list, lo, hi, before)
    else
      insert(list, lo, hi, before)
    end
    if pending == 0 then
      return
    end
    pending = pending - 3
    lo, hi, patience = later[pending + 1], later[pending + 2], later[pending + 3]
  end
end

-- The sort is a tail call, so that the program's line is right behind it on the stack.
return function(list, before)
  if type(list) ~= "table" then
    error("bad argument #1 to 'sort' (table expected, got " .. type(list) .. ")", 2)
  end
  local size = #list
  if type(size) ~= "number" or size % 1 ~= 0 then
    error("object length is not an integer", 2)
  end
  if size < 2 then
    return
  end
  if size > LONGEST then
    error("bad argument #1 to 'sort' (array too big)", 2)
  end
  if before == nil then
    return sort(list, size, is_less, partition_by_value, insert_by_value)
  end
  if type(before) ~= "function" then
    error("bad argument #2 to 'sort' (function expected, got " .. type(before) .. ")", 2)
  end
  return sort(list, size, before, partition_by_function, insert_by_function)
end
