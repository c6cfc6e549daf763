//! What `.wippy.yaml`, `--config` files and `--set` say: how the runtime itself behaves.
//!
//! Knows nothing of entries. Sections that this version has no use for are accepted, and have no effect.

use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use super::files::read_text;
use super::node::Node;
use super::problem::{Place, Problem, Problems};
use super::suggest;
use super::value::Value;
use super::yaml;
use crate::duration;

/// The file that is read when it is there.
const DEFAULT_FILE: &str = ".wippy.yaml";

/// The sections that exist.
const SECTIONS: [&str; 16] = [
    "events",
    "functions",
    "history",
    "http",
    "logger",
    "logmanager",
    "lua",
    "metrics",
    "override",
    "otel",
    "prometheus",
    "registry",
    "relay",
    "security",
    "shutdown",
    "supervisor",
];

/// The fields of `lua`. What is not ours is known from apps that other runtimes run, and has no effect.
const LUA: [&str; 4] = [
    "templates",
    "type_system",
    "proto_cache_size",
    "main_cache_size",
];

/// How the runtime behaves.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// `logger.level`, where one was said.
    pub log_level: Option<LogLevel>,
    /// `logger.encoding`.
    pub log_encoding: LogEncoding,
    /// `shutdown.timeout`: how long all may take to stop.
    pub shutdown_timeout: Duration,
    /// `lua.templates`: whether VMs are copied from their entry's template. Off, each runs its top level itself.
    pub templates: bool,
}

/// How much is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
}

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogEncoding {
    /// For people.
    Console,
    /// One JSON object a line.
    Json,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            log_level: None,
            log_encoding: LogEncoding::Console,
            shutdown_timeout: Duration::from_secs(30),
            templates: true,
        }
    }
}

/// `--set section.path=value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    path: String,
    value: String,
}

/// A text that isn't `section.path=value`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSetting;

impl fmt::Display for NoSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be `section.path=value`")
    }
}

impl std::error::Error for NoSetting {}

impl FromStr for Setting {
    type Err = NoSetting;

    fn from_str(text: &str) -> Result<Setting, NoSetting> {
        let (path, value) = text.split_once('=').ok_or(NoSetting)?;
        if !path.contains('.') || path.split('.').any(str::is_empty) {
            return Err(NoSetting);
        }
        Ok(Setting {
            path: path.to_string(),
            value: value.to_string(),
        })
    }
}

/// Reads the default file of the folder `app`, then `files`, then `settings`; what comes later wins.
pub(super) fn load(
    app: &Path,
    files: &[std::path::PathBuf],
    settings: &[Setting],
    problems: &Problems,
) -> Config {
    let mut root = Node::empty_map(&Place::whole(DEFAULT_FILE));
    if app.join(DEFAULT_FILE).exists() {
        lay_file(&mut root, &app.join(DEFAULT_FILE), DEFAULT_FILE, problems);
    }
    for file in files {
        let shown = file.display().to_string();
        lay_file(&mut root, &app.join(file), &shown, problems);
    }
    for setting in settings {
        let place = Place::whole(&format!("--set {}={}", setting.path, setting.value));
        let path: Vec<&str> = setting.path.split('.').collect();
        if let Err(what) = root.put(&path, Node::word(&setting.value, &place)) {
            problems.push(Problem::error(what).at(&place));
        }
    }
    read(&root, problems)
}

/// Lays what the file says on top of `root`.
fn lay_file(root: &mut Node, path: &Path, shown: &str, problems: &Problems) {
    let text = match read_text(path) {
        Ok(text) => text,
        Err(error) => {
            problems.push(error.problem(shown));
            return;
        }
    };
    let mut found = Vec::new();
    match yaml::parse(&text, &shown.into(), &mut found) {
        Ok(Some(node)) if node.as_map().is_some() => root.merge(node),
        Ok(Some(node)) if !node.is_null() => {
            let what = format!("must be a map of sections, and is {}", node.what());
            problems.push(Problem::error(what).at(&node.place));
        }
        Ok(_) => {}
        Err(problem) => problems.push(*problem),
    }
    found.into_iter().for_each(|problem| problems.push(problem));
}

fn read(root: &Node, problems: &Problems) -> Config {
    let mut config = Config::default();
    for section in root.as_map().unwrap_or_default() {
        let key = section.key.as_str();
        match key {
            "logger" => logger(&section.value, &mut config, problems),
            "shutdown" => shutdown(&section.value, &mut config, problems),
            "lua" => lua(&section.value, &mut config, problems),
            "version" => {}
            _ if SECTIONS.contains(&key) => {}
            _ => {
                let problem = Problem::warning("unknown section, which has no effect");
                let mut problem = problem.at(&section.place).field(key);
                problem.advice = suggest::did_you_mean(key, SECTIONS);
                problems.push(problem);
            }
        }
    }
    config
}

/// The pairs of a section with their full names; a problem if it is no map.
fn fields<'a>(
    section: &'a Node,
    name: &str,
    known: &[&str],
    problems: &Problems,
) -> Vec<(&'a str, &'a Node)> {
    if section.as_map().is_none() && !section.is_null() {
        let what = format!("must be a map, and is {}", section.what());
        problems.push(Problem::error(what).at(&section.place).field(name));
    }
    let mut fields = Vec::new();
    for pair in section.as_map().unwrap_or_default() {
        if known.contains(&pair.key.as_str()) {
            fields.push((pair.key.as_str(), &pair.value));
            continue;
        }
        let problem = Problem::warning("unknown field, which has no effect").at(&pair.place);
        let mut problem = problem.field(format!("{name}.{}", pair.key));
        problem.advice = suggest::did_you_mean(&pair.key, known.iter().copied());
        problems.push(problem);
    }
    fields
}

fn logger(section: &Node, config: &mut Config, problems: &Problems) {
    for (key, node) in fields(section, "logger", &["mode", "level", "encoding"], problems) {
        let expected = match (key, node.as_text().unwrap_or_default()) {
            ("level", level) => match level_of(level) {
                Some(level) => {
                    config.log_level = Some(level);
                    continue;
                }
                None => "must be `debug`, `info`, `warn` or `error`",
            },
            ("encoding", "json") => {
                config.log_encoding = LogEncoding::Json;
                continue;
            }
            ("encoding", "console") => {
                config.log_encoding = LogEncoding::Console;
                continue;
            }
            ("encoding", _) => "must be `console` or `json`",
            // `mode` chooses between sets of defaults; ours are the same in all.
            _ => continue,
        };
        let what = format!("{expected}, and is {}", node.what());
        let problem = Problem::error(what).at(&node.place);
        problems.push(problem.field(format!("logger.{key}")));
    }
}

fn level_of(name: &str) -> Option<LogLevel> {
    match name.to_ascii_lowercase().as_str() {
        "debug" => Some(LogLevel::Debug),
        "info" => Some(LogLevel::Info),
        "warn" | "warning" => Some(LogLevel::Warn),
        "error" => Some(LogLevel::Error),
        _ => None,
    }
}

fn lua(section: &Node, config: &mut Config, problems: &Problems) {
    for (key, node) in fields(section, "lua", &LUA, problems) {
        match (key, node.to_value()) {
            ("templates", Value::Bool(templates)) => config.templates = templates,
            ("templates", _) => {
                let what = format!("must be true or false, and is {}", node.what());
                let problem = Problem::error(what).at(&node.place);
                problems.push(problem.field("lua.templates"));
            }
            _ => {}
        }
    }
}

fn shutdown(section: &Node, config: &mut Config, problems: &Problems) {
    for (key, node) in fields(section, "shutdown", &["timeout"], problems) {
        let nanos = match node.to_value() {
            Value::Text(text) => duration::parse(&text).ok(),
            Value::Int(0) => Some(0),
            _ => None,
        };
        match nanos.and_then(|nanos| u64::try_from(nanos).ok()) {
            Some(nanos) => config.shutdown_timeout = Duration::from_nanos(nanos),
            None => {
                let what = format!("must be a duration such as 30s, and is {}", node.what());
                let problem = Problem::error(what).at(&node.place);
                problems.push(problem.field(format!("shutdown.{key}")));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn load_from(files: &[(&str, &str)], settings: &[&str]) -> (Config, Vec<String>) {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(dir.path().join(name), text).unwrap();
        }
        let extra = files.iter().filter(|(name, _)| *name != DEFAULT_FILE);
        let extra: Vec<_> = extra.map(|(name, _)| name.into()).collect();
        let settings: Vec<Setting> = settings.iter().map(|s| s.parse().unwrap()).collect();
        let problems = Problems::default();
        let config = load(dir.path(), &extra, &settings, &problems);
        let said = problems.into_sorted();
        (config, said.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn what_comes_later_wins() {
        let (config, problems) = load_from(
            &[
                (
                    ".wippy.yaml",
                    "version: \"1.0\"\nlogger: {level: debug, encoding: json}\nshutdown:\n  timeout: 5s\n",
                ),
                (
                    "prod.yaml",
                    "logger: {level: warn}\nlua: {type_system: {enabled: true}}\n",
                ),
            ],
            &["shutdown.timeout=1m"],
        );
        assert_eq!(problems, [""; 0]);
        assert_eq!(config.log_level, Some(LogLevel::Warn));
        assert_eq!(config.log_encoding, LogEncoding::Json);
        assert_eq!(config.shutdown_timeout, Duration::from_secs(60));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let (_, problems) = load_from(
            &[(".wippy.yaml", "logger:\n  level: loud\nloger: {}\n")],
            &[
                "shutdown.timeout=soon",
                "lua.templates=maybe",
                "lua.template=false",
                "shutdown.timeot=1s",
                "logger.encoding=xml",
            ],
        );
        assert_eq!(
            problems,
            [
                "--set logger.encoding=xml: logger.encoding: must be `console` or `json`, and is \"xml\"",
                "--set lua.template=false: lua.template: unknown field, which has no effect, did you mean `templates`?",
                "--set lua.templates=maybe: lua.templates: must be true or false, and is \"maybe\"",
                "--set shutdown.timeot=1s: shutdown.timeot: unknown field, which has no effect, did you mean `timeout`?",
                "--set shutdown.timeout=soon: shutdown.timeout: must be a duration such as 30s, and is \"soon\"",
                ".wippy.yaml:2:10: logger.level: must be `debug`, `info`, `warn` or `error`, and is \"loud\"",
                ".wippy.yaml:3:1: loger: unknown section, which has no effect, did you mean `logger`?",
            ]
        );
    }

    #[test]
    fn a_file_that_is_not_there_and_a_setting_that_is_none() {
        let problems = Problems::default();
        load(Path::new("/"), &["no/such.yaml".into()], &[], &problems);
        assert_eq!(
            problems.into_sorted()[0].to_string(),
            "there is no file `no/such.yaml`"
        );
        for text in ["", "logger=1", "logger.level", "a..b=1"] {
            assert_eq!(text.parse::<Setting>(), Err(NoSetting), "{text}");
        }
    }
}
