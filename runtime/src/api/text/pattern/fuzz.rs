//! Bodies for a fuzzer: patterns and subjects that no test thought of. And what Lua makes of a match, as text.

use super::*;
use crate::lua::fuzz::stock;

fn render(subject: &[u8], found: Match, captures: &Captures) -> Vec<Vec<u8>> {
    if captures.is_empty() {
        return vec![subject[found.start..found.end].to_vec()];
    }
    render_captures(subject, captures, "")
}

fn render_captures(subject: &[u8], captures: &Captures, mark: &str) -> Vec<Vec<u8>> {
    captures
        .iter()
        .map(|capture| match capture {
            Capture::Text { start, end } => subject[start..end].to_vec(),
            Capture::Position(offset) => format!("{mark}{}", offset + 1).into_bytes(),
        })
        .collect()
}

pub fn lua_find(subject: &[u8], pattern: &[u8]) -> Result<Vec<u8>, PatternError> {
    let mut captures = Captures::new();
    let found = if has_specials(pattern) {
        find(subject, pattern, 0, &mut captures)?
    } else {
        find_plain(subject, pattern, 0)
    };
    let Some(found) = found else {
        return Ok(b"nil".to_vec());
    };
    let mut fields = vec![
        format!("#{}", found.start + 1).into_bytes(),
        format!("#{}", found.end).into_bytes(),
    ];
    fields.extend(render_captures(subject, &captures, "#"));
    Ok(fields.join(&b'|'))
}

pub fn lua_gmatch(subject: &[u8], pattern: &[u8]) -> Result<Vec<u8>, PatternError> {
    let pattern = Pattern::unanchored(pattern);
    let mut captures = Captures::new();
    let mut cursor = Cursor::From(0);
    let mut all = Vec::new();
    loop {
        let mut budget = Budget::for_subject(subject.len());
        let found = pattern.next_match(subject, cursor, &mut captures, &mut budget)?;
        let Some(found) = found else {
            return Ok(all.join(&b';'));
        };
        let mut fields = render(subject, found, &captures);
        fields.truncate(2);
        all.push(fields.join(&b'&'));
        cursor = Cursor::After(found.end);
    }
}

pub fn gsub(subject: &[u8], pattern: &[u8], with: &[u8]) -> Result<(Vec<u8>, usize), PatternError> {
    let bounds = Substitution {
        limit: usize::MAX,
        max_bytes: 1 << 20,
    };
    let mut out = Vec::new();
    let pattern = Pattern::new(pattern);
    let count = substitute(subject, &pattern, &Replacement::new(with), bounds, &mut out)?;
    if count == 0 {
        assert!(out.is_empty());
        out = subject.to_vec();
    }
    Ok((out, count))
}

pub fn lua_gsub(subject: &[u8], pattern: &[u8], with: &[u8]) -> Result<Vec<u8>, PatternError> {
    let (mut out, count) = gsub(subject, pattern, with)?;
    out.extend_from_slice(format!("|#{count}").as_bytes());
    Ok(out)
}

/// Splits the bytes in three where 0xFF is: the pattern, the subject, and what is put in the place of a match.
fn parts(input: &[u8]) -> [&[u8]; 3] {
    let mut parts = input.splitn(3, |byte| *byte == 0xFF);
    [(); 3].map(|()| parts.next().unwrap_or_default())
}

/// No input panics, and none takes more steps than its budget.
pub fn safe(input: &[u8]) {
    let [pattern, subject, with] = parts(input);
    let _ = lua_find(subject, pattern);
    // Each match has a budget of its own: a program can be interrupted between them.
    let few = &subject[..subject.len().min(2)];
    let _ = lua_gmatch(few, pattern);
    let _ = gsub(subject, pattern, with);
}

/// What is so short that stock Lua can't take for ever.
const LONGEST_SUBJECT: usize = 16;
const MOST_REPETITIONS: usize = 4;

const FIND: &str = "local s, p = ...
    local all = table.pack(pcall(string.find, s, p))
    if not all[1] then return '!' .. all[2] end
    if all[2] == nil then return 'nil' end
    for i = 2, all.n do if type(all[i]) == 'number' then all[i] = '#' .. all[i] end end
    return table.concat(all, '|', 2, all.n)";

const GMATCH: &str = "local s, p = ...
    local all, next = {}, string.gmatch(s, p)
    while true do
      local ok, a, b = pcall(next)
      if not ok then return '!' .. a end
      if a == nil then return table.concat(all, ';') end
      all[#all + 1] = b == nil and tostring(a) or a .. '&' .. b
    end";

const GSUB: &str = "local s, p, r = ...
    local ok, text, count = pcall(string.gsub, s, p, r)
    return ok and text .. '|#' .. count or '!' .. text";

/// Finds what stock Lua finds, and complains in its words.
pub fn like_stock(input: &[u8]) {
    let [pattern, subject, with] = parts(input);
    let repetitions = pattern.iter().filter(|byte| b"*+-?".contains(byte));
    if subject.len() > LONGEST_SUBJECT || repetitions.count() > MOST_REPETITIONS {
        return;
    }
    let all = [
        (lua_find(subject, pattern), FIND),
        (lua_gmatch(subject, pattern), GMATCH),
        (lua_gsub(subject, pattern, with), GSUB),
    ];
    for (ours, code) in all {
        if ours == Err(PatternError::UnfinishedCapture) && code == GSUB {
            continue; // Lua notices only when the replacement asks for a capture.
        }
        let theirs = stock(code, &[subject, pattern, with]).expect("errors are caught");
        let ours = ours.unwrap_or_else(|error| format!("!{error}").into_bytes());
        let plain = |text: &[u8]| {
            let text = text.escape_ascii().to_string();
            text.replace(" in replacement string", "")
                .replace(" in pattern", "")
        };
        assert_eq!(plain(&ours), plain(&theirs), "{code}");
    }
}
