//! Signing in where Entra or an app registration is missing.

use super::{
    sign_in::{device_code, newcomer, refused},
    *,
};
use crate::failure::FailureKind;

#[test]
fn the_way_to_entra_is_missed_since_its_first_failure_until_it_answers() {
    let mut desk = newcomer();
    desk.step(device_code());
    let off = || Step::Offline { why: "no answer".to_owned() };
    desk.step(off());
    desk.wait(90);
    desk.step(off());
    assert_eq!(desk.state.sign_in.offline, Some(("no answer".to_owned(), now())));
    desk.step(Step::Online);
    assert_eq!(desk.state.sign_in.offline, None);
}

#[test]
fn whoever_tries_without_an_app_keeps_the_commands() {
    let session = Session::Missing;
    let mut desk = Desk { state: State::new(Setting::default(), session, now()), seconds: 0 };
    desk.act(Action::Refresh);
    assert!(!desk.state.is_enabled(&Action::CopyShown));
    desk.ends(refused(FailureKind::SignIn));
    let copied = desk.act(Action::CopyShown);
    let [Effect::Copy { text, .. }] = copied.as_slice() else { panic!("{copied:?}") };
    assert!(text.contains("\naz ad app permission add --id APP_ID"), "{text}");
    assert!(!text.ends_with('\n'), "nothing runs that was not looked at");
}
