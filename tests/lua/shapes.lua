-- A library that hands out types.

type Point = {x: number, y: number}
type Circle = {center: Point, radius: number @min(0)}
type Box<T> = {value: T}

local function unit(): Circle return { center = { x = 0, y = 0 }, radius = 1 } end

return { Point = Point, Circle = Circle, Box = Box, unit = unit }
