//! The library `math`. See `docs/dialect.md`.
//!
//! What Lua 5.5 has is its own; here are the functions that it has dropped, and randomness, whose state is the
//! process's and not the VM's. Knows nothing of numerals.

use crate::lua::{Answer, Function, LibrariesBuilder, Module, Number, Outcome, Raise};

use super::{Call, Host};

/// What is Lua's own.
const STOCK: [&str; 21] = [
    "abs",
    "acos",
    "asin",
    "atan",
    "ceil",
    "cos",
    "deg",
    "exp",
    "floor",
    "fmod",
    "log",
    "max",
    "min",
    "modf",
    "rad",
    "sin",
    "sqrt",
    "tan",
    "tointeger",
    "type",
    "ult",
];

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    let module = Module::new("math")
        .stock(STOCK)
        .floats([("pi", std::f64::consts::PI), ("huge", f64::INFINITY)])
        .integers([("maxinteger", i64::MAX), ("mininteger", i64::MIN)])
        .functions([
            ("random", Function::new(random)),
            ("randomseed", Function::new(randomseed)),
            (
                "log10",
                Function::new(|call: &mut Call| of_one(call, f64::log10)),
            ),
            (
                "sinh",
                Function::new(|call: &mut Call| of_one(call, f64::sinh)),
            ),
            (
                "cosh",
                Function::new(|call: &mut Call| of_one(call, f64::cosh)),
            ),
            (
                "tanh",
                Function::new(|call: &mut Call| of_one(call, f64::tanh)),
            ),
            (
                "pow",
                Function::new(|call: &mut Call| of_two(call, f64::powf)),
            ),
            (
                "mod",
                Function::new(|call: &mut Call| of_two(call, |a, b| a % b)),
            ),
            (
                "atan2",
                Function::new(|call: &mut Call| of_two(call, f64::atan2)),
            ),
            ("frexp", Function::new(frexp)),
            ("ldexp", Function::new(ldexp)),
        ]);
    libraries.library(module);
}

fn of_one(call: &mut Call, function: fn(f64) -> f64) -> Outcome {
    let value = function(call.float(1)?);
    call.lua.push_float(value);
    Ok(Answer::Values(1))
}

fn of_two(call: &mut Call, function: fn(f64, f64) -> f64) -> Outcome {
    let value = function(call.float(1)?, call.float(2)?);
    call.lua.push_float(value);
    Ok(Answer::Values(1))
}

/// Bits of a float's fraction, and what is added to its exponent.
const FRACTION_BITS: u32 = 52;
const EXPONENT_MASK: u64 = 0x7ff;
const HALF_EXPONENT: u64 = 1022;

/// `math.frexp(x)`: `m, e` with x = m · 2^e and m from 0.5 to below 1.
fn frexp(call: &mut Call) -> Outcome {
    let value = call.float(1)?;
    let exponent_of = |value: f64| value.to_bits() >> FRACTION_BITS & EXPONENT_MASK;
    let (mantissa, exponent) = if value == 0.0 || !value.is_finite() {
        (value, 0)
    } else {
        // Subnormal numbers have no exponent of their own until they are scaled up.
        let (scaled, scale) = match exponent_of(value) {
            0 => (value * 2f64.powi(64), 64),
            _ => (value, 0),
        };
        let exponent = exponent_of(scaled) as i64 - HALF_EXPONENT as i64 - scale;
        let bits = scaled.to_bits() & !(EXPONENT_MASK << FRACTION_BITS);
        (
            f64::from_bits(bits | HALF_EXPONENT << FRACTION_BITS),
            exponent,
        )
    };
    call.lua.push_float(mantissa);
    call.lua.push_integer(exponent);
    Ok(Answer::Values(2))
}

/// `math.ldexp(m, e)`: m · 2^e.
fn ldexp(call: &mut Call) -> Outcome {
    /// Past this every number is infinite or zero.
    const FURTHEST: i64 = 2200;
    /// The largest power of two that both it and its inverse are normal numbers.
    const STEP: i64 = 1022;
    let mut value = call.float(1)?;
    let mut exponent = call.exact(2)?.clamp(-FURTHEST, FURTHEST);
    while exponent > STEP {
        value *= 2f64.powi(STEP as i32);
        exponent -= STEP;
    }
    // Downwards the number must not become subnormal twice, or it would be rounded twice.
    while exponent < -STEP {
        let keeps = STEP - i64::from(f64::MANTISSA_DIGITS);
        value *= 2f64.powi(-keeps as i32);
        exponent += keeps;
    }
    call.lua.push_float(value * 2f64.powi(exponent as i32));
    Ok(Answer::Values(1))
}

/// The state of a process's generator (SplitMix64, by Steele, Lea and Flood); 0: not seeded yet.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Random(u64);

impl Random {
    /// The next 64 bits.
    fn next(&mut self) -> u64 {
        while self.0 == 0 {
            self.0 = fastrand::u64(..);
        }
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.0)
    }

    /// A number from 0 to `most`, each as likely as any other.
    fn up_to(&mut self, most: u64) -> u64 {
        let Some(count) = most.checked_add(1) else {
            return self.next();
        };
        // The high word of a product with `count` is in range; it is unbiased if the low words that come once more
        // than others are thrown away (Lemire).
        loop {
            let product = u128::from(self.next()) * u128::from(count);
            let low = product as u64;
            if low >= count || low >= count.wrapping_neg() % count {
                return (product >> 64) as u64;
            }
        }
    }

    /// A float from 0 to below 1, from as many bits as it has.
    fn fraction(&mut self) -> f64 {
        let bits = self.next() >> (u64::BITS - f64::MANTISSA_DIGITS);
        bits as f64 / (1u64 << f64::MANTISSA_DIGITS) as f64
    }
}

fn mixed(mut bits: u64) -> u64 {
    bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ bits >> 31
}

/// `math.random([[low,] high])`
fn random(call: &mut Call) -> Outcome {
    let (low, high) = match call.lua.top() {
        0 => {
            let fraction = call.state.random.fraction();
            call.lua.push_float(fraction);
            return Ok(Answer::Values(1));
        }
        1 => match call.exact(1)? {
            0 => (i64::MIN, i64::MAX),
            high => (1, high),
        },
        2 => (call.exact(1)?, call.exact(2)?),
        _ => return Err("wrong number of arguments".into()),
    };
    if low > high {
        return Err(call.bad_argument(1, "interval is empty"));
    }
    let offset = call.state.random.up_to(high.wrapping_sub(low) as u64);
    call.lua.push_integer(low.wrapping_add(offset as i64));
    Ok(Answer::Values(1))
}

/// `math.randomseed([seed[, more]])`: answers the two numbers that it was seeded with.
fn randomseed(call: &mut Call) -> Outcome {
    let (seed, more) = if call.lua.top() == 0 {
        (fastrand::i64(..), fastrand::i64(..))
    } else {
        (seed_argument(call)?, call.exact_or(2, 0)?)
    };
    call.state.random = Random(mixed(seed as u64) ^ (more as u64).rotate_left(32));
    call.lua.push_integer(seed);
    call.lua.push_integer(more);
    Ok(Answer::Values(2))
}

/// A seed: any number will do.
fn seed_argument(call: &Call) -> Result<i64, Raise> {
    Ok(match call.number(1)? {
        Number::Integer(seed) => seed,
        Number::Float(seed) if seed as i64 as f64 == seed => seed as i64,
        Number::Float(seed) => seed.to_bits() as i64,
    })
}
