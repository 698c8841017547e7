//! The form, checked before anything is sent.

use super::*;
use crate::{
    failure::FailureKind,
    pat::fixture::{now, pat},
};

fn form() -> Form {
    let organizations = vec!["contoso".parse().unwrap()];
    let mut form = Form::new(organizations, 0, TimeDelta::days(30));
    form.suggestion = "ada@build-01".to_owned();
    form.scopes = vec!["vso.code".to_owned()];
    form
}

fn wrong(form: &Form) -> Vec<Field> {
    let checked = form.check(None, now(), Zone::utc());
    checked.map_or_else(|faults| faults.iter().map(|fault| fault.field).collect(), |_| vec![])
}

#[test]
fn everything_is_checked_before_it_is_sent() {
    let Ok(Request::Create(new)) = form().check(None, now(), Zone::utc()) else { panic!() };
    assert_eq!((new.name.as_str(), new.scope.as_str()), ("ada@build-01", "vso.code"));
    assert_eq!(new.valid_to, now() + TimeDelta::days(30));
    let mut form = form();
    form.name = " a".into();
    form.organizations.clear();
    form.scopes.clear();
    form.end.chosen = form.end.choices.len() - 1;
    form.end.date = "2026-11-23".into();
    let fields = [Field::Name, Field::Organization, Field::End, Field::Scopes];
    assert_eq!(wrong(&form), fields);
}

#[test]
fn full_access_has_to_be_typed() {
    let mut form = form();
    form.scopes.push("app_token".to_owned());
    assert_eq!(wrong(&form), [Field::Consent]);
    form.consent = "Full".into();
    assert_eq!(wrong(&form), [Field::Consent]);
    form.consent = "full access".into();
    assert_eq!(wrong(&form), []);
}

#[test]
fn a_known_limit_is_the_maximum() {
    let mut form = form();
    form.end.chosen = form.end.choices.len() - 2;
    let latest = now() + TimeDelta::days(45);
    let Ok(Request::Create(new)) = form.check(Some(latest), now(), Zone::utc()) else { panic!() };
    assert_eq!(new.valid_to, latest);
}

#[test]
fn only_what_changed_is_sent() {
    let before = pat(1).named("bot").scoped("vso.brand_new vso.code");
    let mut form = Form::of(&before, TimeDelta::days(30));
    assert_eq!(wrong(&form), [Field::Send], "nothing is changed yet");
    form.name = "robot".into();
    let Ok(Request::Edit(_, change)) = form.check(None, now(), Zone::utc()) else { panic!() };
    assert_eq!(change, Change { name: Some("robot".to_owned()), ..Change::default() });
    form.scopes.push("app_token".to_owned());
    assert_eq!(wrong(&form), [Field::Consent]);
    assert!(!form.fields().contains(&Field::Organization), "where it is valid stays");
}

#[test]
fn a_clone_keeps_the_scopes_verbatim_and_asks_again_for_full_access() {
    let model = pat(1).named("bot").scoped("vso.brand_new app_token");
    let organizations = vec!["fabrikam".parse().unwrap(), model.organization.clone()];
    let form = Form::like(&model, organizations, TimeDelta::days(30));
    assert_eq!((form.scope().as_str(), form.organization), ("vso.brand_new app_token", 1));
    assert_eq!(form.called(), "bot");
    assert_eq!(wrong(&form), [Field::Consent]);
}

#[test]
fn refusals_stand_at_their_field() {
    let field = |ground| {
        let failure = Failure::new(FailureKind::Refused, "create it", "no");
        Fault::of(&Failure { ground, ..failure }).field
    };
    assert_eq!(field(Some(Ground::Lifespan)), Field::End);
    assert_eq!(field(Some(Ground::FullAccess)), Field::Scopes);
    assert_eq!(field(Some(Ground::Name)), Field::Name);
    assert_eq!(field(Some(Ground::Creation)), Field::Organization);
    assert_eq!(field(None), Field::Send);
}

#[test]
fn the_focus_passes_every_field_that_there_is() {
    let mut form = form();
    form.scopes.push("app_token".to_owned());
    let mut seen = vec![form.focus];
    for _ in 0..9 {
        form.step(1);
        seen.push(form.focus);
    }
    seen.dedup();
    assert_eq!(seen, form.fields());
    assert!(seen.contains(&Field::Consent));
    form.step(isize::MIN);
    assert_eq!(form.focus, Field::Name);
}
