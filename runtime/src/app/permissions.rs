//! Permissions of files and folders, as YAML writes them: `0644`, `0o644`, `"644"`.
//!
//! Knows nothing of whose they are.

use super::fields::Fields;

/// Reads the permissions `name`, in octal however they are written.
pub(super) fn read(fields: &mut Fields, name: &'static str) -> Option<u32> {
    let text = fields.characters(name)?;
    let digits = text.strip_prefix("0o").unwrap_or(text);
    let mode = u32::from_str_radix(digits, 8).ok();
    let mode = mode.filter(|&mode| mode <= 0o777);
    if mode.is_none()
        && let Some(node) = fields.get(name)
    {
        let what = format!("must be permissions, and is {text:?}");
        let problem = fields.error(name, &node.place, what);
        fields.report(problem.advice("write them as in 0644"));
    }
    mode
}
