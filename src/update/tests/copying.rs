//! What goes to a clipboard, who is asked first, and when a secret leaves it again.

use super::{making::holding, *};
use crate::{
    failure::FailureKind,
    secret::PatSecret,
    state::{
        custody::Page,
        mode::{
            Mode,
            confirm::{Confirm, Question},
        },
    },
};

fn secret(way: Clipboard) -> Effect {
    Effect::CopySecret { way, secret: PatSecret::new("s3cret") }
}

fn is_asked(desk: &Desk) -> bool {
    let Mode::Confirm(Confirm { question, .. }) = &desk.state.mode else { return false };
    matches!(question, Question::CopyByTerminal(_))
}

#[test]
fn a_desktop_gets_the_secret_and_loses_it_again() {
    let mut desk = holding();
    assert_eq!(desk.act(Action::CopyShown), [secret(Clipboard::System)]);
    assert!(desk.state.custody.undelivered().is_some(), "it is not there yet");
    desk.tell(Event::SecretCopied { way: Clipboard::System, result: Ok(()) });
    assert!(desk.state.custody.undelivered().is_none());
    assert_eq!(desk.act(Action::Back), []);
    assert!(desk.state.custody.held.is_none());
    assert_eq!(desk.wait(44), []);
    assert_eq!(desk.wait(1), [Effect::ClearClipboard { way: Clipboard::System }]);
    assert_eq!(desk.wait(99), []);
}

#[test]
fn a_clock_that_is_turned_back_keeps_no_secret_on_the_clipboard() {
    let mut desk = holding();
    desk.tell(Event::SecretCopied { way: Clipboard::System, result: Ok(()) });
    assert_eq!(desk.wait(-60), [Effect::ClearClipboard { way: Clipboard::System }]);
}

#[test]
fn a_secret_that_could_not_be_copied_is_not_delivered() {
    let mut desk = holding();
    desk.act(Action::CopyShown);
    let failure = Failure::new(FailureKind::Usage, "copy the secret", "no desktop");
    desk.tell(Event::SecretCopied { way: Clipboard::System, result: Err(failure) });
    assert!(desk.state.custody.undelivered().is_some());
    assert_eq!(desk.wait(60), []);
}

#[test]
fn a_terminal_is_asked_about_once_and_counts_for_nothing() {
    let mut desk = holding();
    desk.state.setting.clipboard = Clipboard::Terminal;
    for leave in [Action::Back, Action::Confirm] {
        assert_eq!(desk.act(Action::CopyShown), []);
        assert!(is_asked(&desk));
        assert_eq!(desk.act(leave), []);
        assert!(matches!(desk.state.mode, Mode::Secret), "back to the secret");
    }
    desk.act(Action::CopyShown);
    desk.act(Action::Forward);
    assert_eq!(desk.act(Action::Confirm), [secret(Clipboard::Terminal)]);
    desk.tell(Event::SecretCopied { way: Clipboard::Terminal, result: Ok(()) });
    assert!(desk.state.custody.undelivered().is_some(), "nobody knows what became of it");
    assert_eq!(desk.act(Action::CopyShown), [secret(Clipboard::Terminal)], "asked once");
    desk.act(Action::Back);
    let held = desk.state.custody.held.as_ref().unwrap();
    assert!(matches!(held.page, Page::Leaving(_)));
}

#[test]
fn names_take_the_same_way() {
    let mut desk = Desk::new(three());
    desk.state.setting.clipboard = Clipboard::Terminal;
    assert_eq!(desk.act(Action::CopyName), []);
    assert!(is_asked(&desk));
    desk.act(Action::Forward);
    let (way, what) = (Clipboard::Terminal, "the name");
    let text = "bot".to_owned();
    assert_eq!(desk.act(Action::Confirm), [Effect::Copy { way, what, text }]);
    assert!(matches!(desk.act(Action::CopyId).as_slice(), [Effect::Copy { .. }]));
}
