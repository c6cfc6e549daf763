---@meta math
-- Numbers.

---@class mathlib
math = {}

---A circle's circumference, in diameters.
---@type number
math.pi = 3.141592653589793

---Infinity.
---@type number
math.huge = nil

---The largest integer.
---@type integer
math.maxinteger = 9223372036854775807

---The smallest integer.
---@type integer
math.mininteger = nil

---Answers the number without its sign.
---@param x number
---@return number
function math.abs(x) end

---Answers the angle, in radians, that has this cosine.
---@param x number
---@return number
function math.acos(x) end

---Answers the angle, in radians, that has this sine.
---@param x number
---@return number
function math.asin(x) end

---Answers the angle, in radians, that has the tangent `y / x`.
---@param y number
---@param x? number default 1
---@return number
function math.atan(y, x) end

---Answers the angle, in radians, that has the tangent `y / x`.
---@param y number
---@param x number
---@return number
function math.atan2(y, x) end

---Answers the smallest integer that is not below the number.
---@param x number
---@return integer
function math.ceil(x) end

---Answers the cosine of an angle in radians.
---@param x number
---@return number
function math.cos(x) end

---Answers the hyperbolic cosine.
---@param x number
---@return number
function math.cosh(x) end

---Turns radians into degrees.
---@param x number
---@return number
function math.deg(x) end

---Answers e to the power of the number.
---@param x number
---@return number
function math.exp(x) end

---Answers the largest integer that is not above the number.
---@param x number
---@return integer
function math.floor(x) end

---Answers what remains of `x / y`, with the sign of `x`.
---@param x number
---@param y number
---@return number
function math.fmod(x, y) end

---Answers `m` and `e` such that the number is `m * 2^e`, `m` from 0.5 to 1.
---@param x number
---@return number m
---@return integer e
function math.frexp(x) end

---Answers `m * 2^e`.
---@param m number
---@param e integer
---@return number
function math.ldexp(m, e) end

---Answers the logarithm.
---@param x number
---@param base? number default e
---@return number
function math.log(x, base) end

---Answers the logarithm to the base of 10.
---@param x number
---@return number
function math.log10(x) end

---Answers the largest of its arguments.
---@param x number
---@param ... number
---@return number
function math.max(x, ...) end

---Answers the smallest of its arguments.
---@param x number
---@param ... number
---@return number
function math.min(x, ...) end

---Answers what remains of `x / y`, with the sign of `x`.
---@param x number
---@param y number
---@return number
function math.mod(x, y) end

---Answers the whole part and the fraction.
---@param x number
---@return number whole
---@return number fraction
function math.modf(x) end

---Answers `x` to the power of `y`.
---@param x number
---@param y number
---@return number
function math.pow(x, y) end

---Turns degrees into radians.
---@param x number
---@return number
function math.rad(x) end

---Answers a number from 0 to 1; or an integer from 1 to `m`, or from `m` to `n`. Each process has numbers of its own.
---@param m? integer
---@param n? integer
---@return number
function math.random(m, n) end

---Begins another series of random numbers, and answers what it begins with.
---@param x? number default: left to chance
---@param y? integer
---@return integer x
---@return integer y
function math.randomseed(x, y) end

---Answers the sine of an angle in radians.
---@param x number
---@return number
function math.sin(x) end

---Answers the hyperbolic sine.
---@param x number
---@return number
function math.sinh(x) end

---Answers the square root.
---@param x number
---@return number
function math.sqrt(x) end

---Answers the tangent of an angle in radians.
---@param x number
---@return number
function math.tan(x) end

---Answers the hyperbolic tangent.
---@param x number
---@return number
function math.tanh(x) end

---Answers the integer that a number or a text stands for, or nil.
---@param x any
---@return integer? integer
function math.tointeger(x) end

---Says whether a number is an integer or a float; nil if it is no number.
---@param x any
---@return "integer"|"float"|nil type
function math.type(x) end

---Says whether `a` is below `b`, as integers without a sign.
---@param a integer
---@param b integer
---@return boolean
function math.ult(a, b) end

return math
