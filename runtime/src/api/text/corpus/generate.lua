-- Writes the tables in this folder: what stock Lua answers, 5.4 and 5.5 the same. `lua5.4 generate.lua` in this
-- folder.
--
-- A line is a case, its fields separated by tabs. Bytes outside 32..126 and the backslash are written \xHH.
-- An error is `!message`, an absent result `nil`.

local function escape(text)
  return (tostring(text):gsub("[^\32-\126]", function(c) return ("\\x%02X"):format(c:byte()) end)
    :gsub("\\([^x])", "\\x5C%1"):gsub("\\$", "\\x5C"))
end

local function write_line(file, ...)
  local fields = table.pack(...)
  for i = 1, fields.n do fields[i] = escape(fields[i]) end
  file:write(table.concat(fields, "\t"), "\n")
end

local function results(ok, ...)
  if not ok then return "!" .. (...):gsub("^[^:]*:%d+: ", "") end
  local list = table.pack(...)
  for i = 1, list.n do
    local value = list[i]
    list[i] = type(value) == "number" and "#" .. value or tostring(value)
  end
  return table.concat(list, "|")
end

local subjects = {
  "", "a", "hello world", "key = value", "  trim me \t\n", "THE (quick) fox", "a,b,,c", "[[x]] {y}",
  "f(a(b)c)d) e", "\0a\0\0b", "x=1, y=22;z=333", "caf\xC3\xA9 \xFF", "aaaa", "abcabc", "-12.5e+3", "%d $5 ^",
}
local patterns = {
  "", "a", "l+", "l-o", "(%w+)%s*=%s*(%w+)", "^%s*(.-)%s*$", "%((%a+)%)", "([^,]*)", "()a()", "%b()", "%f[%w]%w+",
  "%f[%W]", "(.)%1", "(a*(.)b*)", "[%]x]", "[]x]", "[^]x]", "[a-]", "[-a]", "[%a-z]", "[a-%%]", "[%d.]+", "%-?%d+%.?%d*",
  "^a-$", "a?b?c?$", ".-b", ".*c", "(.-),", "%z", "[%z]+", "%g+", "%G", "%u+", "%U+", "%x+", "%X", "%p", "%P+", "%c", "%S+",
  "%A+", "%L*", "%%d", "$", "^", "^$", "%$%d", "a$b", "[$^]", "^(%S+)%s+(%S+)", "(%a)(%a)(%a)", "(a)(b)(c)(d)(e)",
  "((a)(b))c", "(a?)(b?)(c?)%3%2", "\xC3.", "[\xC0-\xFF]", "[\x80-\xBF]+", "%w+$", "%s+$", "%s*$", "x*", "(x*)=", "[^%s,=]+",
  "%", "[", "[^", "[]", "[a", "[%", "[%a", "%b", "%bx", "%f", "%fa", "(", ")", "(a", "a)", "%1", "%0", "(%1)", "()%1", "(a)%2",
  "[a-", "[a-]", "[]-a]", "[^-a]", "%f[", "a**", "a+?", "*", "+a", "?", "-", "()", "(())", "[[]", "[%[]", "a-b-c", ".?.?.?o",
}
local replacements = { "<%0>", "%1", "", "%%", "x%2", "%", "%a" }

local file <close> = assert(io.open("patterns.txt", "w"))
for i, pattern in ipairs(patterns) do
  for j, subject in ipairs(subjects) do
    -- A third of the product, so that each pattern meets several subjects.
    if (i + j) % 3 == 0 then
      write_line(file, "find", subject, pattern, "", results(pcall(string.find, subject, pattern)))
    elseif (i + j) % 3 == 1 and (i * j) % 2 == 0 then
      local replacement = replacements[(i * 7 + j) % #replacements + 1]
      write_line(file, "gsub", subject, pattern, replacement, results(pcall(string.gsub, subject, pattern, replacement)))
    elseif (i * j) % 3 == 0 then
      local function all()
        local found = {}
        for a, b in subject:gmatch(pattern) do
          found[#found + 1] = tostring(a) .. (b and "&" .. b or "")
        end
        return table.concat(found, ";")
      end
      write_line(file, "gmatch", subject, pattern, "", results(pcall(all)))
    end
  end
end

-- Patterns out of a small bag, to meet combinations that nobody thinks of.
local seed = 12345
local function random(n)
  seed = (seed * 1103515245 + 12345) % 2147483648
  return seed // 65536 % n + 1
end
local bag = { "a", "b", ".", "[ab]", "[^a]", "%w", "(a)", "(b", ")", "()", "*", "-", "?", "+", "%1", "$", "%f[b]", "%bab" }
for _ = 1, 400 do
  local pattern, subject = {}, {}
  for i = 1, random(7) do pattern[i] = bag[random(#bag)] end
  for i = 1, random(9) do subject[i] = ("aabbc"):sub(random(5), -1):sub(1, 1) end
  pattern, subject = table.concat(pattern), table.concat(subject)
  write_line(file, "find", subject, pattern, "", results(pcall(string.find, subject, pattern)))
end

local formats <close> = assert(io.open("formats.txt", "w"))
local function case(format, kind, value)
  local written = kind == "f" and ("%a"):format(value) or value
  write_line(formats, format, kind, written, results(pcall(string.format, format, value)))
end
local integers = { 0, 1, -1, 42, -12345, math.maxinteger, math.mininteger, 255 }
for _, format in ipairs {
  "%d", "%5d", "%-8d|", "%05d", "%+d", "% d", "%+05d", "%.3d", "%8.3d", "%-8.5d|", "%08.3d", "%.0d", "%i", "%u", "%8u", "%08u",
  "%x", "%X", "%#x", "%#X", "%08x", "%#010x", "%-10x|", "%.5x", "%o", "%#o", "%#.0o", "%.0x", "%99d", "%.99d", "%c", "%q",
  "%#.0x", "%+.0d", "% .0d",
} do
  for _, value in ipairs(integers) do
    if format ~= "%c" or value >= 0 then case(format, "i", value) end
  end
end
local floats = {
  0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 2.5, 3.14159265358979, 0.1, 100.0, 123456789.0, 1e15, 1e16, 1e100, 1.7976931348623157e308, 5e-324,
  2.2250738585072014e-308, 1e-5, 0.0001, 0.00012345, 999999.5, 9.9999995, 1 / 0, -1 / 0, 1e21, 2^53, 0.125, 1 / 3,
}
for _, format in ipairs {
  "%f", "%.0f", "%.1f", "%10.3f", "%-10.2f|", "%+.2f", "% f", "%010.2f", "%#.0f", "%.20f", "%e", "%.0e", "%#.0e", "%12.4E", "%.15e",
  "%g", "%.0g", "%.3g", "%#g", "%#.3g", "%.17g", "%.14g", "%+g", "%012g", "%-12g|", "%G", "%a", "%A", "%.3a", "%.0a", "%#.0a",
  "%+20a", "%-20a|", "%020a", "%5.1f", "%.99f", "%.99g", "%.50e", "%q",
} do
  for i, value in ipairs(floats) do
    -- glibc 2.36 drops the zeros of "%#g" where rounding adds a digit; C wants them.
    local is_wrong = format:find("#") and format:find("g") and value == 999999.5
    if not is_wrong and (#format < 5 or i % 2 == 0) then case(format, "f", value) end
  end
end
case("%f", "f", 0 / 0) case("%5.1f", "f", -(0 / 0)) case("%G", "f", 0 / 0) case("%010f", "f", 1 / 0) case("%q", "f", 0 / 0)
for _, format in ipairs { "%s", "%10s", "%-10s|", "%.3s", "%10.3s", "%.0s", "%.s", "%q" } do
  for _, value in ipairs { "", "hello", "caf\xC3\xA9", 'a "q" \\ \n\r\t\0001\0x' } do
    if format == "%s" or format == "%q" or not value:find("\0") then case(format, "s", value) end
  end
end
for _, format in ipairs {
  "%", "%y", "%10", "%#d", "%123d", "%.123d", "%0-+ #d", "%5.5c", "%05s", "%+s", "%#u", "%+x", "%10q", "%----------------------d",
  "%.5q", "%1.1.1d", "100%", "%l", "%5%", "%.-5d",
} do
  case(format, "i", 7)
end

local numbers <close> = assert(io.open("numbers.txt", "w"))
for _, text in ipairs {
  "", " ", "0", "-0", "+5", "12", " 12 ", "\t\n\v\f\r7\r", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
  "-9223372036854775809", "0x", "0x10", "0XfF", "-0x1", "0xffffffffffffffff", "0x1ffffffffffffffff", "0x.8", "0x8.", "0x.", "0x1p4",
  "0x1P-4", "0x1p", "0x1p+", "0xA.8p1", "0x1p-1074", "0x1p-1075", "0x1.8p-1074", "0x1.fffffffffffff8p0", "0x1.fffffffffffff7p0",
  "0x1p1024", "0x1p99999999999", "0x0p99999999999", "1e5", "1E+5", "1e-5", "1e", "1e+", ".5", "5.", ".", "-.5e1", "1e400",
  "1e-400", "inf", "nan", "infinity", "0x1.0", "1 2", "1_000", "--1", "- 1", "1-", "0b1", "1e5.0", "1\0", "\0001", "1.5e3 x", "1e0x1",
  "0.1", "123456789012345678901234567890", "5e-324", "2.4703282292062327e-324", "2.4703282292062328e-324", "0x.0000000001p40",
  "1..2", "0xep1", "1ee5", "0x1e5", "0x1.p1", "1e5 ", "1d", "1f", "0x1g", "-0.0", "-0x0p0", "00012", "1e00005", "+0x1",
} do
  local value = tonumber(text)
  write_line(numbers, "10", text, value and math.type(value) .. ":" .. (math.type(value) == "float" and ("%a"):format(value) or value) or "nil")
end
for _, base in ipairs { 2, 8, 16, 36 } do
  for _, text in ipairs { "101", "-11", "zz", "ZZ", "7f", " 10 ", "", "-", "8", "1.0", "0x10", "+7", "ffffffffffffffffff", "1 1", "- 1", "1\0" } do
    local value = tonumber(text, base)
    write_line(numbers, base, text, value and "integer:" .. value or "nil")
  end
end
for _, value in ipairs { 0.1, 1 / 3, 0.1 + 0.2, 1e15, 1e16, 1e100, 123456.789, 2^53, 5e-324, 1.7976931348623157e308, 1e-5, 0.0001, 3.14, 1e14 + 0.5, 100, -2.5, 1e300 * 10, 2^63, 1 / 0, -1 / 0, 12345678901234567890.0 } do
  local text = ("%.15g"):format(value)
  if tonumber(text) ~= value and value - value == 0 then text = ("%.17g"):format(value) end
  if value >= 1e15 and not text:find("[^0-9]") then text = text .. ".0" end
  write_line(numbers, "text", ("%a"):format(value), text)
end
