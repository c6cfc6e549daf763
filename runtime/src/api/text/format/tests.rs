//! Formats against stock Lua's answers, and what the dialect does otherwise.

use super::*;
use crate::api::text::corpus::{Dice, cases, shown};

struct List<'a>(&'a [Arg<'a>]);

impl Arguments for List<'_> {
    type Error = FormatError;

    fn get(&mut self, number: usize, _: Conversion) -> Result<Arg<'_>, FormatError> {
        Ok(self.0.get(number - 2).copied().unwrap_or(Arg::None))
    }
}

fn formatted(text: &str, arguments: &[Arg<'_>]) -> Result<String, String> {
    let mut out = Vec::new();
    match format(text.as_bytes(), &mut List(arguments), &mut out) {
        Ok(()) => Ok(String::from_utf8_lossy(&out).into_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn argument<'a>(kind: &[u8], text: &'a [u8]) -> Arg<'a> {
    match (kind, text) {
        (b"f", b"inf") => Arg::Float(f64::INFINITY),
        (b"f", b"-inf") => Arg::Float(f64::NEG_INFINITY),
        (b"f", b"nan") => Arg::Float(f64::NAN.copysign(1.0)),
        (b"f", b"-nan") => Arg::Float(f64::NAN.copysign(-1.0)),
        (b"s", text) => Arg::Text(text),
        (_, text) => match number::parse(text) {
            Some(Number::Float(float)) => Arg::Float(float),
            Some(Number::Int(int)) => Arg::Int(int),
            None => panic!("{}", shown(text)),
        },
    }
}

#[test]
fn agrees_with_stock_lua() {
    let mut count = 0;
    for case in cases(include_str!("../corpus/formats.txt")) {
        let [text, kind, value, expected] = <[_; 4]>::try_from(case).expect("four fields");
        let mut out = Vec::new();
        let result = format(&text, &mut List(&[argument(&kind, &value)]), &mut out);
        if let Err(error) = result {
            out = format!("!{error}").into_bytes();
        }
        let case = (shown(&text), shown(&value));
        assert_eq!(shown(&out), shown(&expected), "{case:?}");
        count += 1;
    }
    assert!(count > 1_000);
}

#[test]
fn the_dialect_is_lenient() {
    let good = |text, argument| formatted(text, &[argument]).unwrap();
    assert_eq!(good("%d", Arg::Float(2.9)), "2");
    assert_eq!(good("%d", Arg::Float(-2.9)), "-2");
    assert_eq!(good("%5x|", Arg::Float(255.9)), "   ff|");
    assert_eq!(good("%d", Arg::Text(b" 0x10 ")), "16");
    assert_eq!(good("%d", Arg::Text(b"10.7")), "10");
    assert_eq!(good("%c%%", Arg::Float(65.5)), "A%");
    assert_eq!(good("%5s", Arg::Text(b"a\0b")), "  a\0b");
    assert_eq!(good("%s", Arg::Nil), "nil");
    assert_eq!(good("%s", Arg::Float(2.0)), "2");
    assert_eq!(good("%F", Arg::Float(f64::INFINITY)), "INF");
    assert_eq!(good("%f", Arg::Int(1)), "1.000000");
    assert_eq!(good("%p", Arg::Pointer(255)), "0xff");
    assert_eq!(good("%8p", Arg::Nil), "  (null)");
    assert_eq!(good("%q", Arg::Bool(true)), "true");
    let long = "x".repeat(500);
    assert_eq!(good("%10s", Arg::Text(long.as_bytes())), long);
}

#[test]
fn errors_have_luas_words() {
    let bad = |text, arguments: &[Arg<'_>]| formatted(text, arguments).unwrap_err();
    assert_eq!(bad("%d", &[]), "bad argument #2 to 'format' (no value)");
    assert_eq!(bad("%y", &[]), "bad argument #2 to 'format' (no value)");
    assert_eq!(
        bad("%s %s", &[Arg::Nil]),
        "bad argument #3 to 'format' (no value)"
    );
    assert_eq!(
        bad("%d", &[Arg::Nil]),
        "bad argument #2 to 'format' (number expected, got nil)"
    );
    assert_eq!(
        bad("%d", &[Arg::Text(b"x")]),
        "bad argument #2 to 'format' (number expected, got string)"
    );
    assert_eq!(
        bad("%f", &[Arg::Other("table")]),
        "bad argument #2 to 'format' (number expected, got table)"
    );
    assert_eq!(
        bad("%d", &[Arg::Float(f64::NAN)]),
        "bad argument #2 to 'format' (number has no integer representation)"
    );
    assert_eq!(
        bad("%q", &[Arg::Other("table")]),
        "bad argument #2 to 'format' (value has no literal form)"
    );
    assert_eq!(
        bad("%y", &[Arg::Nil]),
        "invalid conversion '%y' to 'format'"
    );
    assert_eq!(bad("%", &[Arg::Nil]), "invalid conversion '%' to 'format'");
}

#[test]
fn no_input_panics() {
    let mut dice = Dice::new(11);
    for _ in 0..20_000 {
        let mut text = b"%".to_vec();
        text.extend((0..dice.roll(7)).map(|_| b"-+ #0123.9diuoxXcaAeEfFgGsqp%y"[dice.roll(30)]));
        let float = f64::from_bits(dice.bits());
        for value in [
            Arg::Float(float),
            Arg::Int(dice.bits() as i64),
            Arg::Text(b"12"),
        ] {
            let _ = format(&text, &mut List(&[value, value, value]), &mut Vec::new());
        }
    }
}

/// `cargo test --release figures -- --ignored --nocapture`
#[test]
#[ignore = "measures"]
fn figures() {
    let formats = [
        ("%d %s", [Arg::Int(42), Arg::Text(b"hello")]),
        ("%5.2f %g", [Arg::Float(12.345), Arg::Float(0.1)]),
        ("%s %s", [Arg::Float(0.1), Arg::Float(1.0 / 3.0)]),
        ("%x %-10s|", [Arg::Int(42), Arg::Text(b"hello")]),
    ];
    for (text, arguments) in formats {
        let begin = std::time::Instant::now();
        for _ in 0..100_000 {
            let mut out = Vec::new();
            let _ = format(text.as_bytes(), &mut List(&arguments), &mut out);
        }
        println!(
            "format {text:<12} {:4} ns",
            begin.elapsed().as_nanos() / 100_000
        );
    }
}
