//! The fields of a log record that comes from a Lua program: where it was written, and what the program added.
//!
//! Knows nothing of how a record is shown: that is the logger of whoever uses this crate.

use log::kv;
use serde_json::Value;

/// Key of the automatic field that says which process wrote a record. Shown as `pid`, and only when asked for, so
/// that it can't be confused with a field `pid` of the program's own.
pub const PID: &str = "@pid";

/// Key of the automatic field that says where a record was written (`app:worker:12`). Shown as `location`, and only
/// when asked for.
pub const LOCATION: &str = "@location";

/// What a program's record carries, in the order in which it is shown.
#[derive(Clone, Copy, Debug)]
pub struct ProgramFields<'a> {
    /// The text form of the process's pid.
    pub pid: &'a str,
    /// Entry and line of the call; empty where there is none.
    pub location: &'a str,
    /// The program's own fields.
    pub fields: &'a [(String, Value)],
}

impl kv::Source for ProgramFields<'_> {
    fn visit<'kvs>(&'kvs self, visitor: &mut dyn kv::VisitSource<'kvs>) -> Result<(), kv::Error> {
        visitor.visit_pair(PID.into(), self.pid.into())?;
        if !self.location.is_empty() {
            visitor.visit_pair(LOCATION.into(), self.location.into())?;
        }
        for (key, value) in self.fields {
            visitor.visit_pair(key.as_str().into(), field(value))?;
        }
        Ok(())
    }

    fn count(&self) -> usize {
        1 + usize::from(!self.location.is_empty()) + self.fields.len()
    }
}

/// The value as the facade holds it: scalars as themselves, nested values as JSON.
fn field(value: &Value) -> kv::Value<'_> {
    match value {
        Value::Null => kv::Value::null(),
        Value::Bool(value) => kv::Value::from(*value),
        Value::String(text) => kv::Value::from(text.as_str()),
        nested_or_number => kv::Value::from_serde(nested_or_number),
    }
}

/// Logs what a program said, if anyone wants it: `target` is `process`, or `process.` and the logger's name.
pub fn log_program(level: log::Level, target: &str, message: &str, fields: &ProgramFields<'_>) {
    if level > log::max_level() {
        return; // cheap: one load
    }
    log::logger().log(
        &log::Record::builder()
            .level(level)
            .target(target)
            .args(format_args!("{message}"))
            .key_values(fields)
            .build(),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use log::kv::Source;

    /// Collects what a source shows, as text.
    struct Seen(Vec<(String, String)>);

    impl<'kvs> kv::VisitSource<'kvs> for Seen {
        fn visit_pair(
            &mut self,
            key: kv::Key<'kvs>,
            value: kv::Value<'kvs>,
        ) -> Result<(), kv::Error> {
            let value = serde_json::to_string(&value).expect("a JSON value");
            self.0.push((key.to_string(), value));
            Ok(())
        }
    }

    #[test]
    fn the_automatic_fields_come_first_and_nested_values_stay_json() {
        let own = [
            ("pid".to_string(), Value::from("its own")),
            (
                "nested".to_string(),
                serde_json::json!({"z": [1, null], "a": 0.5}),
            ),
        ];
        let fields = ProgramFields {
            pid: "{h|e|0x1}",
            location: "app:worker:12",
            fields: &own,
        };
        let mut seen = Seen(Vec::new());
        fields.visit(&mut seen).unwrap();
        let shown: Vec<(&str, &str)> = seen.0.iter().map(|(k, v)| (&**k, &**v)).collect();
        assert_eq!(
            shown,
            [
                (PID, r#""{h|e|0x1}""#),
                (LOCATION, r#""app:worker:12""#),
                ("pid", r#""its own""#),
                ("nested", r#"{"z":[1,null],"a":0.5}"#),
            ]
        );
        assert_eq!(fields.count(), 4);
    }
}
