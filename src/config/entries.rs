//! The configuration file taken apart: every key with its value and its line, so that every
//! problem can be told where it stands.

use std::{fmt, path::Path};

use serde::de::{MapAccess, Visitor};
use serde_json::{Value, value::RawValue};

use super::{
    key::{self, Example, KEYS, Key},
    problem::{Problem, quoted},
};

/// One known key of the file with the texts of its value.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: &'static Key,
    pub(super) texts: Vec<String>,
    pub(super) line: usize,
}

/// Reads the file's text. What cannot be read is told in `problems`.
pub(super) fn parse(path: &Path, text: &str, problems: &mut Vec<Problem>) -> Vec<Entry> {
    let pairs = match pairs(text) {
        Ok(pairs) => pairs,
        Err(error) => {
            // The position is told by file and line already.
            let why = error.to_string();
            let why = why.split(" at line ").next().unwrap_or_default();
            let what = format!("{} (column {})", crate::text::visible(why), error.column());
            problems.push(Problem::at_line(path, error.line().max(1), what));
            return Vec::new();
        }
    };
    let mut entries: Vec<Entry> = Vec::new();
    for (name, raw) in pairs {
        let line = line_of(text, raw);
        match entry(&name, raw, line) {
            Err(what) => problems.push(Problem::at_line(path, line, what)),
            Ok(entry) => match entries.iter().find(|other| other.key == entry.key) {
                Some(other) => {
                    let what = format!("{name}: stands twice, in line {} too", other.line);
                    problems.push(Problem::at_line(path, line, what));
                }
                None => entries.push(entry),
            },
        }
    }
    entries
}

/// Every key of the text with its value as it stands there, in their order.
pub(super) fn pairs(text: &str) -> serde_json::Result<Vec<(String, &RawValue)>> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let pairs = serde::Deserializer::deserialize_map(&mut reader, Object)?;
    reader.end().map(|()| pairs)
}

fn entry(name: &str, raw: &RawValue, line: usize) -> Result<Entry, String> {
    let Some(key) = key::find(name) else {
        let instead = key::nearest(name).map_or_else(
            || {
                format!(
                    "there are {}",
                    KEYS.iter().map(|key| key.name).collect::<Vec<_>>().join(", ")
                )
            },
            |key| format!("did you mean \"{}\"?", key.name),
        );
        return Err(format!("{} is no setting; {instead}", quoted(name)));
    };
    let texts = texts(key, raw).map_err(|found| {
        let form = match key.example {
            Example::Text(_) => "a text",
            Example::List(_) => "a list of texts",
            Example::Objects(_) => "a list of objects",
        };
        format!("{name}: must be {form}, not {found}; right would be {}", key.example.json())
    })?;
    Ok(Entry { key, texts, line })
}

/// The value as texts; the error names what was found instead.
fn texts(key: &Key, raw: &RawValue) -> Result<Vec<String>, &'static str> {
    let value: Value = serde_json::from_str(raw.get()).ok().ok_or("this")?;
    match (key.example, value) {
        (Example::Text(_), Value::String(text)) => Ok(vec![text]),
        (Example::List(_), Value::Array(items)) => items
            .into_iter()
            .map(|item| match item {
                Value::String(text) => Ok(text),
                _ => Err("a list with something else in it"),
            })
            .collect(),
        (Example::Objects(_), Value::Array(items)) => items
            .into_iter()
            .map(|item| match item {
                Value::Object(_) => Ok(item.to_string()),
                _ => Err("a list with something else in it"),
            })
            .collect(),
        (_, Value::Null) => Err("null"),
        (_, Value::Bool(_)) => Err("true or false"),
        (_, Value::Number(_)) => Err("a number"),
        (_, Value::String(_)) => Err("a text"),
        (_, Value::Array(_)) => Err("a list"),
        (_, Value::Object(_)) => Err("an object"),
    }
}

/// `raw` is a part of `text`, so where it starts tells its line.
fn line_of(text: &str, raw: &RawValue) -> usize {
    let start = raw.get().as_ptr().addr().saturating_sub(text.as_ptr().addr());
    1 + text.bytes().take(start).filter(|byte| *byte == b'\n').count()
}

/// Keeps every pair with its place, the doubled ones too.
struct Object;

impl<'de> Visitor<'de> for Object {
    type Value = Vec<(String, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("settings in braces, such as {\"organization\": \"contoso\"}")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(pairs)
    }
}
