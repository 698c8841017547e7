//! Places for the secrets of tokens, as the user describes them in `sinks`. Checked here, used by
//! `sink`. Nothing in a description is expanded, and none is a secret.

use std::{path::PathBuf, time::Duration};

use serde::{Deserialize, Deserializer, de::Error as _};
use url::Url;

use super::{problem::quoted, value};
use crate::text;

/// What kind of place it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SinkKind {
    /// Standard output.
    Stdout,
    /// The clipboard, for a while.
    Clipboard,
    /// The keyring of this system.
    Keyring,
    /// The credential helper of git.
    Git,
    /// npm's `.npmrc`.
    Npmrc,
    /// Maven's `settings.xml`.
    Maven,
    /// `NuGet.Config`.
    Nuget,
    /// `pip.conf`.
    Pip,
    /// `.pypirc`, which twine reads.
    Pypirc,
    /// `.netrc`.
    Netrc,
    /// A file of `NAME=value` lines.
    Env,
    /// A program that reads the secret from its standard input.
    Command,
}

impl SinkKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stdout => "stdout",
            Self::Clipboard => "clipboard",
            Self::Keyring => "keyring",
            Self::Git => "git",
            Self::Npmrc => "npmrc",
            Self::Maven => "maven",
            Self::Nuget => "nuget",
            Self::Pip => "pip",
            Self::Pypirc => "pypirc",
            Self::Netrc => "netrc",
            Self::Env => "env",
            Self::Command => "command",
        }
    }

    /// The fields that mean something for it, besides name, kind and test.
    fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Clipboard | Self::Keyring => &[],
            Self::Stdout => &["format"],
            Self::Git => &["host", "user"],
            Self::Npmrc => &["path", "registry", "user"],
            Self::Maven | Self::Nuget => &["path", "key", "user"],
            Self::Pip | Self::Pypirc => &["path", "key", "registry", "user"],
            Self::Netrc => &["path", "host", "user"],
            Self::Env => &["path", "key", "format"],
            Self::Command => &["command", "format", "limit"],
        }
    }
}

/// In which form a place wants the secret.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SinkFormat {
    /// The secret alone.
    #[default]
    Token,
    /// For HTTP basic authentication, without a user name.
    Base64,
    /// The whole header for HTTP basic authentication.
    Header,
}

/// How it is found out that what was delivered works.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SinkTest {
    /// The organization is asked who this is.
    #[default]
    Connection,
    /// This program says so by its exit code; it reads the secret from its standard input.
    Command(Vec<String>),
}

/// One place for secrets.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SinkSettings {
    pub name: String,
    pub kind: SinkKind,
    /// The file: a whole path, or counted from the home folder. Else where its program looks.
    pub path: Option<PathBuf>,
    /// The variable, server, source or section in the file.
    pub key: Option<String>,
    /// The address of the feed; npm, pip and twine know their secrets by it.
    #[serde(default, deserialize_with = "registry")]
    pub registry: Option<Url>,
    /// `dev.azure.com`, unless said otherwise.
    pub host: Option<String>,
    /// Azure DevOps does not look at it; the name of the organization, unless said otherwise.
    pub user: Option<String>,
    #[serde(default)]
    pub format: SinkFormat,
    /// The program and its arguments; no shell.
    #[serde(default)]
    pub command: Vec<String>,
    /// How long a program may take.
    #[serde(default, deserialize_with = "limit")]
    pub limit: Option<Duration>,
    #[serde(default, deserialize_with = "test")]
    pub test: SinkTest,
}

impl SinkSettings {
    /// A place that needs no description but its kind.
    pub fn usual(kind: SinkKind) -> Self {
        Self {
            name: kind.as_str().to_owned(),
            kind,
            path: None,
            key: None,
            registry: None,
            host: None,
            user: None,
            format: SinkFormat::Token,
            command: Vec::new(),
            limit: None,
            test: SinkTest::Connection,
        }
    }

    fn given(&self) -> [(&'static str, bool); 8] {
        [
            ("path", self.path.is_some()),
            ("key", self.key.is_some()),
            ("registry", self.registry.is_some()),
            ("host", self.host.is_some()),
            ("user", self.user.is_some()),
            ("format", self.format != SinkFormat::Token),
            ("command", !self.command.is_empty()),
            ("limit", self.limit.is_some()),
        ]
    }

    fn check(&self) -> Result<(), String> {
        let kind = self.kind.as_str();
        let fields = self.kind.fields();
        let useless = self.given().into_iter().find(|(name, is)| *is && !fields.contains(name));
        if let Some((name, _)) = useless {
            return Err(format!("`{name}` means nothing for {kind}"));
        }
        if self.kind == SinkKind::Env && self.path.is_none() {
            return Err("env needs a `path`".to_owned());
        }
        if self.kind == SinkKind::Command && self.command.is_empty() {
            return Err("command needs a `command`".to_owned());
        }
        if self.kind == SinkKind::Pypirc && self.registry.is_some() && self.key.is_none() {
            return Err("pypirc needs a `key` with its `registry`".to_owned());
        }
        if let Some(path) = &self.path {
            check_path(path)?;
        }
        // A variable may be called after its token, whose id changes each time.
        let mut key = self.key.clone();
        if let (SinkKind::Env, Some(key)) = (self.kind, &mut key) {
            *key = key.replace("{organization}", "x").replace("{name}", "x");
        }
        let words = [&key, &self.host, &self.user].into_iter().flatten();
        for word in words {
            if !is_plain(word) {
                return Err(format!("{} is not one plain word", quoted(word)));
            }
        }
        match (self.kind, key.as_deref()) {
            (SinkKind::Env, Some(key)) if !is_variable(key) => {
                Err(format!("{} is no name of a variable", quoted(key)))
            }
            (SinkKind::Pip, Some(key)) if !["index-url", "extra-index-url"].contains(&key) => {
                Err(format!("{} is neither `index-url` nor `extra-index-url`", quoted(key)))
            }
            _ => Ok(()),
        }
    }
}

/// A place from its description in JSON.
pub(crate) fn sink(json: &str) -> Result<SinkSettings, String> {
    let sink: SinkSettings = serde_json::from_str(json).map_err(|error| {
        let why = error.to_string();
        let why = why.split(" at line ").next().unwrap_or_default();
        format!("this is no sink ({})", text::visible(why))
    })?;
    let is_letter = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    let is_name = (1..=40).contains(&sink.name.len()) && sink.name.bytes().all(is_letter);
    if !is_name || sink.name.starts_with('-') {
        return Err(format!(
            "{} is no name for a sink (1 to 40 letters, digits, `-`, `_` or `.`)",
            quoted(&sink.name)
        ));
    }
    sink.check().map_err(|why| format!("the sink {} is wrong: {why}", quoted(&sink.name)))?;
    Ok(sink)
}

/// Nothing is expanded, so what looks as if it would be is refused.
fn check_path(path: &std::path::Path) -> Result<(), String> {
    let shown = path.to_string_lossy();
    let wrong = |why: &str| Err(format!("{} is no usable path: {why}", quoted(&shown)));
    if shown.is_empty() || shown.chars().any(char::is_control) {
        return wrong("it is empty, or not to be seen");
    }
    if shown.starts_with('~') {
        return wrong("leave out the `~/`, since a path that is not whole begins at home");
    }
    if shown.contains(['$', '`']) || (shown.contains('%') && cfg!(windows)) {
        return wrong("variables are not expanded");
    }
    if path.components().any(|part| part == std::path::Component::ParentDir) {
        return wrong("it has `..` in it");
    }
    Ok(())
}

/// Letters that no file format of ours gives a meaning to.
fn is_plain(word: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.@+/".contains(&b);
    (1..=200).contains(&word.len()) && word.bytes().all(is_plain)
}

fn is_variable(word: &str) -> bool {
    !word.starts_with(|c: char| c.is_ascii_digit())
        && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// The secret will be sent there in the clear, so it must be TLS or this computer.
fn registry<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Url>, D::Error> {
    let text = String::deserialize(deserializer)?;
    value::feed(&text).map(Some).map_err(D::Error::custom)
}

fn limit<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(deserializer)?;
    value::command_limit(&text).map(Some).map_err(D::Error::custom)
}

/// `"connection"`, or a list.
fn test<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SinkTest, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Given {
        Word(String),
        Words(Vec<String>),
    }
    match Given::deserialize(deserializer)? {
        Given::Word(word) if word == "connection" => Ok(SinkTest::Connection),
        Given::Words(words) if !words.is_empty() => Ok(SinkTest::Command(words)),
        Given::Word(_) | Given::Words(_) => {
            Err(D::Error::custom("`test` is \"connection\", or a program with its arguments"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_read() {
        let json = r#"{"name": "vault", "kind": "command", "command": ["pass", "insert"],
                       "limit": "5s", "test": ["true"], "format": "base64"}"#;
        let sink = sink(json).unwrap();
        assert_eq!((sink.kind, sink.limit), (SinkKind::Command, Some(Duration::from_secs(5))));
        assert_eq!(sink.test, SinkTest::Command(vec!["true".to_owned()]));
        assert_eq!(sink.format, SinkFormat::Base64);
    }

    #[test]
    fn what_could_not_be_meant_is_refused() {
        for (json, words) in [
            ("{}", "missing field `name`"),
            (r#"{"name": "a", "kind": "ftp"}"#, "unknown variant"),
            (r#"{"name": "a", "kind": "git", "pathh": "x"}"#, "unknown field"),
            (r#"{"name": "a b", "kind": "git"}"#, "no name for a sink"),
            (r#"{"name": "-a", "kind": "git"}"#, "no name for a sink"),
            (r#"{"name": "a", "kind": "git", "path": "x"}"#, "`path` means nothing for git"),
            (r#"{"name": "a", "kind": "npmrc", "format": "base64"}"#, "`format` means nothing"),
            (r#"{"name": "a", "kind": "env"}"#, "needs a `path`"),
            (r#"{"name": "a", "kind": "command"}"#, "needs a `command`"),
            (r#"{"name": "a", "kind": "env", "path": "~/x"}"#, "leave out the `~/`"),
            (r#"{"name": "a", "kind": "env", "path": "$HOME/x"}"#, "not expanded"),
            (r#"{"name": "a", "kind": "env", "path": "$(id)"}"#, "not expanded"),
            (r#"{"name": "a", "kind": "env", "path": "a/../b"}"#, "`..`"),
            (r#"{"name": "a", "kind": "env", "path": "a\u0007"}"#, "not to be seen"),
            (r#"{"name": "a", "kind": "env", "path": "x", "key": "A B"}"#, "plain word"),
            (r#"{"name": "a", "kind": "env", "path": "x", "key": "1A"}"#, "name of a variable"),
            (r#"{"name": "a", "kind": "env", "path": "x", "key": "A_{id}"}"#, "plain word"),
            (r#"{"name": "a", "kind": "env", "path": "x", "key": "{name"}"#, "plain word"),
            (r#"{"name": "a", "kind": "maven", "key": "{name}"}"#, "plain word"),
            (r#"{"name": "a", "kind": "pip", "key": "proxy"}"#, "neither `index-url`"),
            (r#"{"name": "a", "kind": "maven", "key": "<x/>"}"#, "plain word"),
            (r#"{"name": "a", "kind": "netrc", "host": "a b"}"#, "plain word"),
            (r#"{"name": "a", "kind": "npmrc", "registry": "http://evil.example"}"#, "https://"),
            (r#"{"name": "a", "kind": "npmrc", "registry": "https://u:p@a.b/"}"#, "password"),
            (r#"{"name": "a", "kind": "git", "test": "no"}"#, "or a program"),
            (r#"{"name": "a", "kind": "git", "test": []}"#, "or a program"),
            (
                r#"{"name": "a", "kind": "command", "command": ["x"], "limit": "2h"}"#,
                "out of bounds",
            ),
        ] {
            let why = sink(json).unwrap_err();
            assert!(why.contains(words), "{json}: {why}");
        }
    }
}
