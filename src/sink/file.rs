//! A file that gets a secret: looked at, changed by the parser of its own format, kept beside as
//! it was, and replaced whole by one that only the user can read.

mod target;

use secrecy::zeroize::Zeroizing;

use self::target::Target;
use super::{
    Delivery,
    change::{self, Change},
    env_file,
    form::Form,
    maven, netrc, npmrc, nuget, pip,
    places::Places,
    pypirc, template,
    turn::turn,
};
use crate::{
    config::{SinkKind, SinkSettings},
    failure::{Failure, FailureKind},
    private::{self, Lock},
    secret::PatSecret,
    text::visible,
};

/// What a format is to write: no secret, and only letters that it gives no meaning to.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) sink: &'a SinkSettings,
    pub(super) organization: &'a str,
    /// The variable, if it is called after the token.
    pub(super) variable: Option<String>,
}

impl Entry<'_> {
    /// Azure DevOps takes any name; that of the organization tells people what it is for.
    pub(super) fn user(&self) -> &str {
        self.sink.user.as_deref().unwrap_or(self.organization)
    }

    pub(super) fn host(&self) -> &str {
        self.sink.host.as_deref().unwrap_or("dev.azure.com")
    }
}

/// A file and its changes.
#[derive(Debug)]
pub(super) struct FilePlan {
    target: Target,
    changes: Vec<Change>,
    form: Form,
}

/// Reads the file and finds out what is to change in it.
pub(super) fn plan(
    sink: &SinkSettings,
    places: &Places,
    delivery: &Delivery,
) -> Result<FilePlan, Failure> {
    let target = Target::find(sink, places)?;
    if let Some(why) = sink.key.as_deref().and_then(|key| template::unknown(key, delivery)) {
        let cannot = target.cannot("change", FailureKind::Usage, why.to_owned());
        return Err(cannot.hint("name the token"));
    }
    let variable = sink.key.as_deref().map(|key| template::variable(key, delivery));
    let organization = delivery.organization.as_str();
    let entry = Entry { sink, organization, variable };
    let (changes, form) = changes(target.text(), &entry);
    let changes = changes.map_err(|wrong| {
        let at = wrong.line.map(|line| format!("line {line}: ")).unwrap_or_default();
        target.cannot("change", FailureKind::Usage, format!("{at}{}", visible(&wrong.why)))
    })?;
    Ok(FilePlan { target, changes, form })
}

/// What is to change in the text, and in which form the secret goes there.
fn changes(text: &str, entry: &Entry<'_>) -> (Result<Vec<Change>, Wrong>, Form) {
    match entry.sink.kind {
        SinkKind::Npmrc => (npmrc::changes(text, entry), Form::Encoded),
        SinkKind::Netrc => (netrc::changes(text, entry), Form::Token),
        SinkKind::Env => (Ok(env_file::changes(text, entry)), entry.sink.format.into()),
        SinkKind::Maven => (maven::changes(text, entry), Form::Token),
        SinkKind::Nuget => (nuget::changes(text, entry), Form::Token),
        SinkKind::Pip => (pip::changes(text, entry), Form::Token),
        SinkKind::Pypirc => (pypirc::changes(text, entry), Form::Token),
        SinkKind::Stdout
        | SinkKind::Clipboard
        | SinkKind::Keyring
        | SinkKind::Git
        | SinkKind::Command => (Err(Wrong::new("this is no file")), Form::Token),
    }
}

/// Why a text cannot be changed safely.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) line: Option<usize>,
    pub(super) why: String,
}

impl Wrong {
    pub(super) fn new(why: impl Into<String>) -> Self {
        Self { line: None, why: why.into() }
    }

    pub(super) fn at(text: &str, place: usize, why: impl Into<String>) -> Self {
        Self { line: Some(change::line_of(text, place)), why: why.into() }
    }
}

impl FilePlan {
    /// Waits until no other azpat is at the file.
    pub(super) async fn turn(&self) -> Result<Lock, Failure> {
        turn(self.target.path(), self.target.places()).await
    }

    pub(super) fn target(&self) -> String {
        self.target.shown().to_owned()
    }

    pub(super) fn difference(&self) -> Vec<(char, String)> {
        change::difference(self.target.text(), &self.changes)
    }

    pub(super) fn notes(&self) -> Vec<String> {
        self.target.openness(false).into_iter().collect()
    }

    pub(super) fn carry_out(self, secret: &PatSecret) -> Result<Vec<String>, Failure> {
        let Self { target, changes, form } = self;
        target.check_current()?;
        let filled = change::apply(target.text(), &changes, &form.fill(secret));
        let mut bytes = Zeroizing::new(Vec::with_capacity(filled.len() + 3));
        bytes.extend_from_slice(target.mark());
        bytes.extend_from_slice(filled.as_bytes());
        let cannot = |what: &str, error: std::io::Error| {
            target.cannot(what, FailureKind::Service, error.to_string())
        };
        let backup = target.backup();
        if let Some((path, old)) = &backup {
            private::replace(path, old).map_err(|error| cannot("keep a copy of", error))?;
        } else if let Some(folder) = target.path().parent() {
            private::make_folder(folder).map_err(|error| cannot("make the folder of", error))?;
        }
        private::replace(target.path(), &bytes).map_err(|error| cannot("write", error))?;
        let read = std::fs::read(target.path()).map(Zeroizing::new);
        if *read.map_err(|error| cannot("read again", error))? != *bytes {
            let why = "what was read back is not what was written";
            return Err(target.cannot("write", FailureKind::Unconfirmed, why));
        }
        let mut notes: Vec<_> = target.openness(true).into_iter().collect();
        if let Some((path, _)) = backup {
            notes.push(format!("as it was it is kept as {}", target.places().shown(&path)));
        }
        Ok(notes)
    }
}

#[cfg(test)]
pub(super) mod fixture;
#[cfg(test)]
#[cfg(unix)]
mod tests;
