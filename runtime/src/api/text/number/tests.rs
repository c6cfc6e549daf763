//! Numerals against stock Lua's answers.

use super::*;
use crate::api::text::corpus::{Dice, cases, shown};

fn float(text: &[u8]) -> f64 {
    match text {
        b"inf" => f64::INFINITY,
        b"-inf" => f64::NEG_INFINITY,
        _ => match parse(text) {
            Some(Number::Float(float)) => float,
            other => panic!("{other:?}"),
        },
    }
}

fn same(a: Option<Number>, b: Option<Number>) -> bool {
    match (a, b) {
        (Some(Number::Float(a)), Some(Number::Float(b))) => a.to_bits() == b.to_bits(),
        _ => a == b,
    }
}

#[test]
fn agrees_with_stock_lua() {
    for case in cases(include_str!("../corpus/numbers.txt")) {
        let [kind, text, expected] = <[_; 3]>::try_from(case).expect("three fields");
        if kind == b"text" {
            let mut out = Vec::new();
            append_float(&mut out, float(&text));
            assert_eq!(shown(&out), shown(&expected));
            continue;
        }
        let expected = match expected.iter().position(|byte| *byte == b':') {
            Some(5) => Some(Number::Float(float(&expected[6..]))),
            Some(_) => parse(&expected[8..]),
            None => None,
        };
        // Numerals in other bases are read by Lua's own `tonumber`.
        if kind != b"10" {
            continue;
        }
        let found = parse(&text);
        assert!(
            same(found, expected),
            "{}: {found:?}, not {expected:?}",
            shown(&text)
        );
    }
}

#[test]
fn integral_floats_print_as_integers_below_1e15() {
    let text = |float| {
        let mut out = Vec::new();
        append_float(&mut out, float);
        String::from_utf8(out).unwrap()
    };
    assert_eq!(text(3.0), "3");
    assert_eq!(text(-0.0), "-0");
    assert_eq!(text(999_999_999_999_999.0), "999999999999999");
    assert_eq!(text(1e15), "1e+15");
    assert_eq!(text(1_234_567_890_123_456.0), "1234567890123456.0");
    assert_eq!(text(f64::NAN.copysign(-1.0)), "-nan");
    assert_eq!(text(f64::NAN.copysign(1.0)), "nan");
    assert_eq!(text(0.1 + 0.2), "0.30000000000000004");
}

#[test]
fn truncation_knows_its_range() {
    assert_eq!(truncate(2.9), Some(2));
    assert_eq!(truncate(-2.9), Some(-2));
    assert_eq!(truncate(9.3e18), None);
    assert_eq!(truncate(-9_223_372_036_854_775_808.0), Some(i64::MIN));
    assert_eq!(truncate(9_223_372_036_854_775_808.0), None);
    assert_eq!(truncate(f64::NAN), None);
    assert_eq!(truncate(f64::INFINITY), None);
}

#[test]
fn what_is_written_reads_back_the_same() {
    let mut dice = Dice::new(3);
    for _ in 0..5_000 {
        let float = f64::from_bits(dice.bits());
        if !float.is_finite() {
            continue;
        }
        let mut out = Vec::new();
        append_float(&mut out, float);
        let read = match parse(&out) {
            Some(Number::Float(read)) => read,
            Some(Number::Int(read)) => read as f64,
            None => panic!("{}", shown(&out)),
        };
        assert_eq!(read.to_bits(), float.to_bits(), "{}", shown(&out));
    }
}

#[test]
fn no_input_panics() {
    let mut dice = Dice::new(5);
    for _ in 0..20_000 {
        let text: Vec<u8> = (0..dice.roll(12))
            .map(|_| b"0019afxXpPeE.+- "[dice.roll(16)])
            .collect();
        parse(&text);
    }
    assert_eq!(
        parse(&[b"0x".as_slice(), &[b'f'; 5_000]].concat()),
        Some(Number::Int(-1))
    );
    let long = [b"0x.".as_slice(), &[b'0'; 5_000], b"8p20003"].concat();
    assert_eq!(parse(&long), Some(Number::Float(4.0)));
}
