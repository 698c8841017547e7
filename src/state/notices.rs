//! Messages for the status line. Several wait their turn; none replaces another unseen.

use std::collections::VecDeque;

use crate::failure::Failure;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    Done,
    Warning,
    Error,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub severity: Severity,
    pub text: String,
    pub hint: Option<String>,
}

/// The messages that were not read yet, the oldest first.
#[derive(Debug, Default)]
pub struct Notices(VecDeque<Notice>);

/// More than this nobody reads one by one; the oldest go.
const KEPT: usize = 20;

impl Notices {
    pub fn done(&mut self, text: impl Into<String>) {
        self.push(Notice { severity: Severity::Done, text: text.into(), hint: None });
    }

    pub fn warn(&mut self, text: impl Into<String>) {
        self.push(Notice { severity: Severity::Warning, text: text.into(), hint: None });
    }

    pub fn fail(&mut self, failure: &Failure) {
        let hint = failure.hint.clone();
        self.push(Notice { severity: Severity::Error, text: failure.to_string(), hint });
    }

    fn push(&mut self, notice: Notice) {
        if self.0.contains(&notice) {
            return;
        }
        self.0.push_back(notice);
        if self.0.len() > KEPT {
            self.0.pop_front();
        }
    }

    /// The one to show.
    pub fn current(&self) -> Option<&Notice> {
        self.0.front()
    }

    /// How many more wait behind it.
    pub fn waiting(&self) -> usize {
        self.0.len().saturating_sub(1)
    }

    /// The shown one was seen: the user pressed a key.
    pub fn dismiss(&mut self) {
        self.0.pop_front();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_shown_until_it_is_dismissed() {
        let mut notices = Notices::default();
        notices.done("one");
        notices.warn("two");
        notices.done("one");
        assert_eq!(notices.current().unwrap().text, "one");
        assert_eq!(notices.waiting(), 1);
        notices.dismiss();
        assert_eq!(notices.current().unwrap().text, "two");
        notices.dismiss();
        assert_eq!(notices.current(), None);
    }
}
