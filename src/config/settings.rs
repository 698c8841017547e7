//! One setting from all its sources: flag before environment before file before default. Every
//! source is checked, also when a stronger one decides.

use std::{fmt, path::Path};

use super::{
    Environment, Flags,
    entries::Entry,
    key::{Example, Key},
    problem::Problem,
};

/// Where a setting came from, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Default,
    /// The line in the configuration file.
    File(usize),
    Environment(&'static str),
    Flag(&'static str),
}

impl Origin {
    fn strength(self) -> u8 {
        match self {
            Self::Default => 0,
            Self::File(_) => 1,
            Self::Environment(_) => 2,
            Self::Flag(_) => 3,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(line) => write!(f, "file, line {line}"),
            Self::Environment(name) | Self::Flag(name) => f.write_str(name),
        }
    }
}

/// A value and where it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Setting<T> {
    pub(super) value: T,
    pub(super) from: Origin,
}

/// One line of `azpat config`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub key: &'static str,
    /// Empty: not set.
    pub value: String,
    pub from: Origin,
}

/// All sources at once, and what came out of them so far.
#[derive(Debug)]
pub(super) struct Sources<'a> {
    pub(super) flags: &'a Flags,
    pub(super) environment: &'a Environment,
    pub(super) path: Option<&'a Path>,
    pub(super) entries: Vec<Entry>,
    pub(super) problems: Vec<Problem>,
    pub(super) rows: Vec<Row>,
}

impl Sources<'_> {
    /// A setting that has a default; `None` if that is a problem, which then is in `problems`.
    pub(super) fn one<T>(
        &mut self,
        key: &'static Key,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<Setting<T>> {
        let Setting { value, from } = self.strongest(key, parse)?;
        value.into_iter().next().map(|value| Setting { value, from })
    }

    /// A setting that may have many values.
    pub(super) fn many<T>(
        &mut self,
        key: &'static Key,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Setting<Vec<T>> {
        self.strongest(key, parse).unwrap_or(Setting { value: Vec::new(), from: Origin::Default })
    }

    fn strongest<T>(
        &mut self,
        key: &'static Key,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<Setting<Vec<T>>> {
        let mut strongest = None;
        let mut row = Row { key: key.name, value: String::new(), from: Origin::Default };
        for (texts, from) in self.given(key) {
            match texts.iter().map(|text| parse(text)).collect() {
                Ok(value) => strongest = Some(Setting { value, from }),
                Err(why) => self.wrong(key, from, &why),
            }
            row = Row { key: key.name, value: texts.join(", "), from };
        }
        self.rows.push(row);
        strongest
    }

    /// Notes that a value is wrong, with a right one.
    pub(super) fn wrong(&mut self, key: &Key, from: Origin, why: &str) {
        let right = match from {
            Origin::File(_) | Origin::Default => key.example.json(),
            Origin::Environment(_) => key.example.plain(),
            Origin::Flag(_) => key.example.one().to_owned(),
        };
        let what = format!("{why}; right would be {right}");
        self.problems.push(Problem::with(key.name, from, self.path, &what));
    }

    /// What each source gives for the key, weakest first.
    fn given(&mut self, key: &'static Key) -> Vec<(Vec<String>, Origin)> {
        let mut given = Vec::new();
        given.extend(key.default.map(|text| (vec![text.to_owned()], Origin::Default)));
        let entry = self.entries.iter().find(|entry| entry.key == key);
        given.extend(entry.map(|entry| (entry.texts.clone(), Origin::File(entry.line))));
        if let Some(value) = self.environment.get(key.variable) {
            let from = Origin::Environment(key.variable);
            match (value.to_str(), key.example) {
                (Some(text), Example::Text(_)) => given.push((vec![text.to_owned()], from)),
                (Some(text), Example::List(_)) => given.push((split(text), from)),
                (_, Example::Objects(_)) => self.wrong(key, from, "only the file can say this"),
                (None, _) => self.wrong(key, from, "is not UTF-8"),
            }
        }
        given.extend(self.flags.get(key));
        given
    }
}

fn split(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// The stronger of two settings that mean the same; both, without doubles, if equally strong.
pub(super) fn united<T: PartialEq>(
    one: Setting<Vec<T>>,
    other: Setting<Vec<T>>,
) -> Setting<Vec<T>> {
    let strongest = one.from.strength().max(other.from.strength());
    let from = if one.from.strength() == strongest { one.from } else { other.from };
    let mut value = Vec::new();
    for setting in [one, other].into_iter().filter(|it| it.from.strength() == strongest) {
        for each in setting.value {
            if !value.contains(&each) {
                value.push(each);
            }
        }
    }
    Setting { value, from }
}
