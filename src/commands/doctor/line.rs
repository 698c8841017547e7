//! One finding, as data. Whatever it is made of is escaped here, so that no text from outside can
//! reach a terminal.

use serde::Serialize;

use crate::{
    azure,
    failure::{Failure, FailureKind},
    text,
};

/// What a finding is about, in the order of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Group {
    Configuration,
    Surroundings,
    Terminal,
    Network,
    Keyring,
    SignIn,
    Organizations,
}

/// How serious a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    Ok,
    /// azpat works, but not as well as it could, or it could not be found out.
    Warning,
    /// Something that is needed does not work.
    Failing,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Line {
    pub(super) group: Group,
    /// What was looked at.
    pub(super) check: String,
    pub(super) state: State,
    pub(super) detail: String,
    /// What to do about it.
    pub(super) fix: Option<String>,
}

impl Group {
    pub(super) fn ok(self, check: &str, detail: impl AsRef<str>) -> Line {
        self.line(State::Ok, check, detail.as_ref(), None)
    }

    pub(super) fn warning(self, check: &str, detail: impl AsRef<str>, fix: &str) -> Line {
        self.line(State::Warning, check, detail.as_ref(), Some(fix))
    }

    pub(super) fn failing(self, check: &str, detail: impl AsRef<str>, fix: &str) -> Line {
        self.line(State::Failing, check, detail.as_ref(), Some(fix))
    }

    /// What the rest of azpat says about a failure.
    pub(super) fn failed(self, check: &str, failure: &Failure) -> Line {
        let id = failure.support_id.as_ref();
        let id = id.map(|id| format!(" (support id {id})")).unwrap_or_default();
        let general = match failure.kind {
            FailureKind::Network => azure::CHECK_NETWORK,
            _ => "try again later",
        };
        let fix = failure.hint.as_deref().unwrap_or(general);
        self.failing(check, format!("{}{id}", failure.why), fix)
    }

    fn line(self, state: State, check: &str, detail: &str, fix: Option<&str>) -> Line {
        let safe = |text: &str| text::visible(text).into_owned();
        Line { group: self, check: safe(check), state, detail: safe(detail), fix: fix.map(safe) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_invisible_gets_in() {
        let line = Group::Network.failing("a\u{1b}", "b\n\u{202e}", "c\u{7}");
        let texts = [&line.check, &line.detail, &line.fix.unwrap()].map(String::as_str).concat();
        assert_eq!(texts, "a‹U+001B›b‹U+000A›‹U+202E›c‹U+0007›");
    }

    #[test]
    fn a_failure_keeps_its_words() {
        let failure = Failure::new(FailureKind::Service, "reach x", "it is silent").hint("wait");
        let failure = Failure { support_id: Some("7".to_owned()), ..failure };
        let line = Group::Network.failed("x", &failure);
        assert_eq!(line.detail, "it is silent (support id 7)");
        assert_eq!((line.state, line.fix.as_deref()), (State::Failing, Some("wait")));
        for (kind, fix) in [
            (FailureKind::Network, azure::CHECK_NETWORK),
            (FailureKind::Service, "try again later"),
        ] {
            let line = Group::Network.failed("x", &Failure::new(kind, "reach x", "it is silent"));
            assert_eq!(line.fix.as_deref(), Some(fix));
        }
    }
}
