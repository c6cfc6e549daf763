//! Patterns against stock Lua's answers, against hostile input, and against the clock.

use super::fuzz::{gsub, lua_find, lua_gmatch, lua_gsub, safe};
use super::*;
use crate::api::text::corpus::{Dice, cases, shown};
use std::time::{Duration, Instant};

#[test]
fn agrees_with_stock_lua() {
    let mut count = 0;
    for case in cases(include_str!("../corpus/patterns.txt")) {
        let [kind, subject, pattern, with, expected] =
            <[_; 5]>::try_from(case).expect("five fields");
        let found = match kind.as_slice() {
            b"find" => lua_find(&subject, &pattern),
            b"gmatch" => lua_gmatch(&subject, &pattern),
            _ => lua_gsub(&subject, &pattern, &with),
        };
        if found == Err(PatternError::UnfinishedCapture) && kind == b"gsub" {
            // Lua notices only when the replacement asks for a capture.
            continue;
        }
        let found = found.unwrap_or_else(|error| format!("!{error}").into_bytes());
        let found = shown(&found).replace(" in replacement string", "");
        let expected = shown(&expected).replace(" in replacement string", "");
        let case = (shown(&kind), shown(&subject), shown(&pattern), shown(&with));
        assert_eq!(found, expected, "{case:?}");
        count += 1;
    }
    assert!(count > 1_000);
}

#[test]
fn errors_have_luas_words() {
    let error = |pattern: &str| {
        lua_find(b"abc", pattern.as_bytes())
            .unwrap_err()
            .to_string()
    };
    assert_eq!(error("%"), "malformed pattern (ends with '%')");
    assert_eq!(error("[a"), "malformed pattern (missing ']')");
    assert_eq!(
        error("%b("),
        "malformed pattern (missing arguments to '%b')"
    );
    assert_eq!(error("%fa"), "missing '[' after '%f' in pattern");
    assert_eq!(error("(a"), "unfinished capture");
    assert_eq!(error("%a)"), "invalid pattern capture");
    let long = format!("{}[", "a*".repeat(40_000));
    assert_eq!(error(&long), "pattern too complex");
    assert_eq!(error("%1"), "invalid capture index %1");
    assert_eq!(error("(%1)"), "invalid capture index %1");
    assert_eq!(error(&"()".repeat(33)), "too many captures");
    let error = |with: &str| {
        gsub(b"abc", b"(b)", with.as_bytes())
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        error("%2"),
        "invalid capture index %2 in replacement string"
    );
    assert_eq!(error("%x"), "invalid use of '%' in replacement string");
    assert_eq!(error("%"), "invalid use of '%' in replacement string");
}

#[test]
fn an_error_behind_what_is_never_reached_is_none() {
    assert_eq!(lua_find(b"xyz", b"a["), Ok(b"nil".to_vec()));
    assert_eq!(lua_find(b"xyz", b"a%"), Ok(b"nil".to_vec()));
}

#[test]
fn substitution_stops_at_its_bounds() {
    let bounds = Substitution {
        limit: 2,
        max_bytes: 100,
    };
    let mut out = b"> ".to_vec();
    let pattern = Pattern::new(b"a");
    let count = substitute(b"aaaa", &pattern, &Replacement::new(b"b"), bounds, &mut out);
    assert_eq!((count, out.as_slice()), (Ok(2), &b"> bbaa"[..]));
    for with in [vec![b'b'; 99], b"%0".repeat(99)] {
        let with = Replacement::new(&with);
        let count = substitute(b"aaaa", &pattern, &with, bounds, &mut Vec::new());
        assert_eq!(count, Err(PatternError::ResultTooLarge));
    }
}

#[test]
fn plain_search_finds_from_init_on() {
    assert_eq!(
        find_plain(b"a.b.c", b".", 2).map(|found| found.start),
        Some(3)
    );
    assert_eq!(find_plain(b"abc", b"", 3), Some(Match { start: 3, end: 3 }));
    assert_eq!(find_plain(b"abc", b"", 4), None);
    let mut captures = Captures::new();
    assert_eq!(find(b"abc", b"", 4, &mut captures), Ok(None));
    assert_eq!(
        find(b"abcb", b"^b", 3, &mut captures).map(|m| m.map(|m| m.start)),
        Ok(Some(3))
    );
    assert!(has_specials(b"a.b") && has_specials(b"%") && !has_specials(b"a]b\0c)"));
}

/// Patterns that take exponential or high polynomial time.
fn hostile() -> Vec<(Vec<u8>, Vec<u8>)> {
    let a = vec![b'a'; 5_000];
    let mut spaced = vec![b' '; 50_000];
    spaced.push(b'x');
    vec![
        (a.clone(), b".-.-.-.-.-b".to_vec()),
        (a.clone(), b"a*a*a*a*a*b".to_vec()),
        (a.clone(), b"(.-)(.-)(.-)%3%2%1b".to_vec()),
        (
            b"a".repeat(64),
            [b"a?".repeat(64), b"a".repeat(65)].concat(),
        ),
        (a.clone(), b"[ab]-[ab]-[ab]-c".to_vec()),
        (vec![b'a'; 100_000], b"(%w+)([%w_]+)=".to_vec()),
        (a.clone(), b".*.*.*b$".to_vec()),
        (b"(".repeat(100_000), b"%b()".to_vec()),
        (
            [b"a".repeat(10_000), b" ".repeat(40_000), b"x".to_vec()].concat(),
            b"^(.-)%s*$".to_vec(),
        ),
        (spaced, b"(%s*)%s*%1y".to_vec()),
    ]
}

#[test]
fn hostile_patterns_end_soon_and_with_an_error() {
    // A sanitizer makes everything ten times slower.
    let soon = Duration::from_millis(if cfg!(sanitized) { 5_000 } else { 500 });
    for (subject, pattern) in hostile() {
        let begin = Instant::now();
        let found = lua_find(&subject, &pattern);
        let took = begin.elapsed();
        assert_eq!(found, Err(PatternError::TooComplex), "{}", shown(&pattern));
        // Debug builds on a busy machine; `figures` says what it takes in earnest.
        assert!(took < soon, "{took:?} {}", shown(&pattern));
    }
}

#[test]
fn quadratic_looks_of_usual_patterns_are_linear() {
    let spaces = [vec![b' '; 1 << 20], b"x".to_vec()].concat();
    assert_eq!(lua_find(&spaces, b"%s+$"), Ok(b"nil".to_vec()));
    let word = vec![b'w'; 1 << 20];
    assert_eq!(lua_find(&word, b"(%w+)%s*=%s*(%w+)"), Ok(b"nil".to_vec()));
    assert_eq!(lua_find(&word, b"(%w+)=(%w+)"), Ok(b"nil".to_vec()));
    let trimmed = gsub(&spaces, b"^%s*(.-)%s*$", b"%1").map(|(text, _)| text);
    assert_eq!(trimmed, Ok(b"x".to_vec()));
}

#[test]
fn no_input_panics() {
    let bag: &[&[u8]] = &[
        b"a", b"b", b".", b"[", b"]", b"^", b"%", b"%w", b"%S", b"(", b")", b"()", b"*", b"-",
        b"+", b"?", b"%1", b"%2", b"$", b"%f", b"%b", b"%bab", b"[^a]", b"[a-z]", b"\0", b"\xFF",
        b"0", b" ",
    ];
    let mut dice = Dice::new(7);
    for _ in 0..5_000 {
        let mut input = vec![dice.roll(256) as u8];
        for _ in 0..dice.roll(24) {
            input.extend_from_slice(bag[dice.roll(bag.len())]);
        }
        safe(&input);
    }
}

/// `cargo test --release figures -- --ignored --nocapture`
#[test]
#[ignore = "measures"]
fn figures() {
    let mut captures = Captures::new();
    let line: &[u8] = b"GET /users/42?sort=name HTTP/1.1";
    let patterns: [&[u8]; 7] = [
        b"HTTP",
        b"^(%u+)%s+(%S+)",
        b"(%w+)=(%w+)",
        b"^%s*(.-)%s*$",
        b"%d+",
        b"/(%d+)%?",
        b"(%d+)$",
    ];
    for pattern in patterns {
        let nanos = time(|| _ = find(line, pattern, 0, &mut captures));
        println!("find {:<16} {nanos:6.0} ns", shown(pattern));
    }
    println!(
        "gsub spaces        {:6.0} ns",
        time(|| _ = gsub(line, b"%s+", b" "))
    );
    println!(
        "gsub %w+ <%0>      {:6.0} ns",
        time(|| _ = gsub(line, b"%w+", b"<%0>"))
    );
    println!(
        "find_plain         {:6.0} ns",
        time(|| _ = std::hint::black_box(find_plain(line, b"HTTP", 0)))
    );
    steps_a_byte();
    for (subject, pattern) in hostile() {
        let begin = Instant::now();
        let found = find(&subject, &pattern, 0, &mut captures).is_err();
        println!(
            "hostile {:<24.24} {} bytes {found} {:?}",
            shown(&pattern),
            subject.len(),
            begin.elapsed()
        );
    }
}

fn steps_a_byte() {
    let mut captures = Captures::new();
    println!("steps a byte:");
    let prose =
        b"The quick brown fox, aged 42, jumps = over \"the\" lazy dog; and (so) on.\n".repeat(1000);
    for pattern in [
        &b"(%w+)%s*=%s*(%w+)"[..],
        b"%a+",
        b"[^\n]*\n",
        b"\"(.-)\"",
        b"%b()",
        b"(.-)\n",
        b"(%w+)=(%w+)",
    ] {
        let compiled = Pattern::new(pattern);
        let (mut cursor, mut count) = (Cursor::From(0), 0);
        let mut budget = Budget::for_subject(prose.len());
        let before = budget.left();
        let begin = Instant::now();
        while let Ok(Some(found)) = compiled.next_match(&prose, cursor, &mut captures, &mut budget)
        {
            cursor = Cursor::After(found.end);
            count += 1;
        }
        let spent = (before - budget.left()) as f64 / prose.len() as f64;
        println!(
            "  {:<20} {spent:5.2} {count} matches {:?}",
            shown(pattern),
            begin.elapsed()
        );
    }
}

fn time(mut body: impl FnMut()) -> f64 {
    let begin = Instant::now();
    for _ in 0..100_000 {
        body();
    }
    begin.elapsed().as_nanos() as f64 / 100_000.0
}
