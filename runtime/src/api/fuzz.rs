//! What `crate::fuzz` runs of this folder.

pub use super::http::fuzz::multipart;
pub use super::json::fuzz::json;
pub use super::text::format::fuzz::like_stock as format;
pub use super::text::number::fuzz::like_stock as number;
pub use super::text::pattern::fuzz::{like_stock as pattern, safe as pattern_budget};
pub use super::time::fuzz::layout;
