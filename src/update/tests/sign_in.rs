//! Signing in and the accounts: one rule, one test.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::*;
use crate::{
    azure::Route,
    effect::SignIn,
    failure::{Failure, FailureKind},
    identity::{AccountId, Identity, Kept, Known, Step, Tenant, Way},
    state::mode::{Mode, sign_in::Prompt},
    text::Untrusted,
};

const ADDRESS: &str = "https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize?a=b";

fn failure(kind: FailureKind) -> Failure {
    Failure::new(kind, "sign in", "it is over")
}

pub(super) fn ends() -> DateTime<Utc> {
    now() + TimeDelta::minutes(5)
}

pub(super) fn browser() -> Step {
    let address = ADDRESS.parse().unwrap();
    Step::Browser { address, port: 4711, ends: ends() }
}

pub(super) fn device_code() -> Step {
    let address = "https://microsoft.com/devicelogin".parse().unwrap();
    let code = "WM\u{1b}ZT".to_owned();
    Step::DeviceCode { code, address, ends: ends(), tenant: Tenant::Organizations }
}

pub(super) fn known(number: u128, name: &str) -> Known {
    let id = AccountId { tenant: Uuid::from_u128(number), oid: Uuid::from_u128(7) };
    let identity = Identity { id, username: Untrusted::new(name), name: Untrusted::default() };
    Known {
        identity: Some(identity),
        way: Way::Browser,
        tenants: vec![id.tenant],
        organizations: vec![organization()],
        kept: Kept::Keyring,
        signed_out: None,
    }
}

fn connection(accounts: Vec<Known>) -> Connection {
    let organizations = vec![(organization(), None)];
    let host = "dev.azure.com".to_owned();
    Connection {
        account: None,
        accounts,
        organizations,
        host,
        is_test_service: false,
        route: Route::default(),
    }
}

pub(super) fn refused(kind: FailureKind) -> Result<Connection, Failure> {
    Err(failure(kind))
}

/// Before anybody is signed in.
pub(super) fn newcomer() -> Desk {
    let setting = Setting { zone: Zone::utc(), can_sign_in: true, ..Setting::default() };
    let mut desk = Desk { state: State::new(setting, Session::Connecting, now()), seconds: 0 };
    desk.tell(Event::Resized { width: 100, height: 30 });
    let effects: Vec<_> = start(&mut desk.state).into_iter().collect();
    assert_eq!(connects(&effects), SignIn::default());
    desk
}

/// With two accounts and a list.
fn resident() -> Desk {
    let mut desk = Desk::new(three());
    desk.state.setting.can_sign_in = true;
    desk.tell(Event::AccountsRead(vec![known(1, "ada@contoso.com"), known(2, "ada@fabrikam.com")]));
    desk
}

fn is_asking(desk: &Desk) -> bool {
    matches!(desk.state.mode, Mode::SignIn)
}

fn wanted(way: Way) -> SignIn {
    SignIn { way: Some(way), ..SignIn::default() }
}

/// The sign-in that is ordered, and nothing else.
fn connects(effects: &[Effect]) -> SignIn {
    let [Effect::Connect { wanted, .. }] = effects else { panic!("{effects:?}") };
    wanted.clone()
}

#[test]
fn the_dialog_is_open_as_long_as_a_person_is_waited_for() {
    let mut desk = newcomer();
    let why = failure(FailureKind::SignIn);
    desk.step(Step::Skipped { way: Way::AzureCli, why });
    assert!(!is_asking(&desk));
    desk.step(browser());
    assert!(is_asking(&desk));
    assert_eq!(desk.state.sign_in.skipped.len(), 1);
    let effects = desk.ends(Ok(connection(vec![known(1, "ada@contoso.com")])));
    assert!(matches!(effects.as_slice(), [Effect::List { .. }]), "{effects:?}");
    assert!(!is_asking(&desk));
    assert_eq!(desk.notice(), "signed in as ada@contoso.com");
}

#[test]
fn who_signs_in_without_being_asked_is_not_announced() {
    let mut desk = newcomer();
    desk.ends(Ok(connection(vec![known(1, "ada@contoso.com")])));
    assert_eq!(desk.notice(), "");
}

#[test]
fn the_second_counts_while_a_person_is_waited_for_and_not_after() {
    let mut desk = newcomer();
    desk.step(browser());
    assert_eq!(desk.state.next_tick(), Some(now() + TimeDelta::seconds(1)));
    desk.wait(300);
    assert_eq!(desk.state.next_tick(), None, "nothing is left to count");
}

#[test]
fn the_address_is_copied_and_opened_again() {
    let mut desk = newcomer();
    desk.step(browser());
    let text = ADDRESS.to_owned();
    assert_eq!(desk.act(Action::CopyShown), [copy("the address", text)]);
    let url = ADDRESS.to_owned();
    assert_eq!(desk.act(Action::OpenPage), [Effect::OpenPage { url: url.clone() }]);
    desk.tell(Event::PageOpened { url, result: Err(failure(FailureKind::Usage)) });
    assert_eq!(desk.notice(), "", "the dialog says it");
    let Some(Prompt::Browser { opened, .. }) = &desk.state.sign_in.prompt else { panic!() };
    assert_eq!(*opened, Some(Err(failure(FailureKind::Usage))));
}

#[test]
fn browser_and_code_change_places_and_the_account_stays() {
    let mut desk = resident();
    desk.act(Action::Accounts);
    desk.act(Action::Next);
    let effects = desk.act(Action::Confirm);
    let account = AccountId { tenant: Uuid::from_u128(2), oid: Uuid::from_u128(7) };
    let again = |way| {
        let tenant = Some(Tenant::Id(account.tenant));
        SignIn { way: Some(way), tenant, account: Some(account), username: None }
    };
    assert_eq!(connects(&effects), again(Way::Browser));
    desk.step(browser());
    assert!(!desk.state.is_enabled(&Action::UseBrowser));
    assert_eq!(connects(&desk.act(Action::UseCode)), again(Way::DeviceCode));
    assert!(is_asking(&desk), "the dialog stays");
    assert_eq!(desk.act(Action::UseCode), [], "one is coming");
    desk.step(device_code());
    let text = "WM‹U+001B›ZT".to_owned();
    assert_eq!(desk.act(Action::CopyShown), [copy("the code", text)]);
    assert_eq!(connects(&desk.act(Action::UseBrowser)), again(Way::Browser));
    assert!(desk.state.session.connection().is_some(), "the list stays");
}

#[test]
fn a_newcomer_who_leaves_sees_why_and_can_begin_again() {
    let mut desk = newcomer();
    desk.step(browser());
    let left = desk.state.sign_in.order.unwrap();
    assert_eq!(desk.act(Action::Back), [Effect::LeaveSignIn]);
    assert!(
        matches!(&desk.state.session, Session::Failed(it) if it.kind == FailureKind::Cancelled)
    );
    desk.tell(Event::SignInStepped { order: left, step: browser() });
    assert!(!is_asking(&desk), "a late step means nothing");
    assert_eq!(connects(&desk.act(Action::UseCode)), wanted(Way::DeviceCode));
    desk.tell(Event::SignInStepped { order: left, step: browser() });
    let result = Box::new(refused(FailureKind::SignIn));
    desk.tell(Event::Connected { order: left, result });
    assert_eq!(desk.state.session, Session::Connecting, "that was the one that was left");
    assert!(!is_asking(&desk));
    desk.step(device_code());
    assert!(is_asking(&desk));
    desk.ends(refused(FailureKind::SignIn));
    assert!(!is_asking(&desk));
    assert!(matches!(&desk.state.session, Session::Failed(it) if it.kind == FailureKind::SignIn));
    assert_eq!(connects(&desk.act(Action::Refresh)), SignIn::default());
}

#[test]
fn whoever_is_refused_right_after_leaving_another_sign_in_is_not_left_waiting() {
    let mut desk = newcomer();
    desk.step(browser());
    desk.act(Action::Back);
    desk.act(Action::UseBrowser);
    desk.step(browser());
    desk.ends(refused(FailureKind::Cancelled));
    assert!(!is_asking(&desk));
    assert!(matches!(desk.state.session, Session::Failed(_)));
}

#[test]
fn a_further_sign_in_that_comes_to_nothing_takes_nothing_away() {
    let mut desk = resident();
    for kind in [FailureKind::Cancelled, FailureKind::SignIn] {
        desk.act(Action::Accounts);
        assert_eq!(connects(&desk.act(Action::AddAccount)), wanted(Way::Browser));
        desk.step(browser());
        let before = desk.state.session.clone();
        assert_eq!(desk.ends(refused(kind)), []);
        assert_eq!((desk.state.session == before, is_asking(&desk)), (true, false));
        assert_eq!(desk.names().len(), 3);
        assert_ne!(desk.notice(), "");
        desk.state.notices.dismiss();
    }
}

#[test]
fn the_one_that_is_new_is_named() {
    let mut desk = resident();
    desk.act(Action::Accounts);
    desk.act(Action::AddAccount);
    desk.step(browser());
    let names = ["ada@contoso.com", "ada@fabrikam.com", "eve@adatum.com"];
    desk.ends(Ok(connection((1..).zip(names).map(|(at, name)| known(at, name)).collect())));
    assert_eq!(desk.notice(), "signed in as eve@adatum.com");
}

#[test]
fn what_has_the_keyboard_is_finished_before_a_person_is_asked() {
    let mut desk = resident();
    desk.act(Action::Accounts);
    desk.act(Action::AddAccount);
    desk.act(Action::Revoke);
    desk.step(browser());
    assert!(matches!(desk.state.mode, Mode::Confirm(_)));
    desk.act(Action::Back);
    assert!(is_asking(&desk));
}

#[test]
fn check_44_signing_out_asks_and_tells_what_stays() {
    let mut desk = resident();
    desk.act(Action::Accounts);
    desk.act(Action::Next);
    for _ in 0..3 {
        assert_eq!(desk.act(Action::SignOut), []);
        assert_eq!(desk.act(Action::Confirm), [], "Cancel has the focus");
        let name = desk.state.account().unwrap().identity.as_ref().unwrap().username.clone();
        assert_eq!(name.raw(), "ada@fabrikam.com", "back to the account it was about");
    }
    desk.act(Action::SignOut);
    desk.act(Action::Forward);
    let account = AccountId { tenant: Uuid::from_u128(2), oid: Uuid::from_u128(7) };
    assert_eq!(desk.act(Action::Confirm), [Effect::SignOut { account }]);
    desk.tell(Event::AccountsRead(vec![known(1, "ada@contoso.com")]));
    desk.tell(Event::SignedOut { account, result: Ok("Entra remembers".to_owned()) });
    assert_eq!(desk.notice(), "Entra remembers");
    assert_eq!(desk.state.session.accounts().len(), 1);
}

#[test]
fn what_somebody_else_keeps_is_explained_rather_than_signed_out() {
    let mut desk = resident();
    let of = |way| Known { identity: None, way, kept: Kept::Elsewhere, ..known(1, "") };
    desk.tell(Event::AccountsRead(vec![of(Way::AzureCli), of(Way::Environment)]));
    desk.act(Action::Accounts);
    assert_eq!(desk.act(Action::SignOut), []);
    assert!(desk.notice().contains("az logout"), "{}", desk.notice());
    assert_eq!(connects(&desk.act(Action::Confirm)), wanted(Way::AzureCli));
    desk.act(Action::Accounts);
    desk.act(Action::Next);
    assert_eq!(desk.act(Action::Confirm), []);
    assert!(desk.notice().contains("AZPAT_ACCESS_TOKEN"), "{}", desk.notice());
}

#[test]
fn without_an_app_registration_no_account_is_added() {
    let mut desk = resident();
    desk.state.setting.can_sign_in = false;
    desk.act(Action::Accounts);
    assert_eq!(desk.act(Action::AddAccount), []);
    assert!(desk.notice().contains("`client_id`"), "{}", desk.notice());
}

#[test]
fn one_sign_in_for_many_lists_is_asked_for_once() {
    let mut desk = resident();
    let [Effect::List { order, .. }] = desk.act(Action::Refresh)[..] else { panic!() };
    if let Session::Connected(connection) = &mut desk.state.session {
        let others = ["fabrikam", "adatum"].map(|name| (name.parse().unwrap(), None));
        connection.organizations.extend(others);
    }
    for name in ["contoso", "fabrikam", "adatum"] {
        let attempt = format!("list the tokens of {name}");
        let result = Err(Failure { attempt, ..failure(FailureKind::SignIn) });
        let organization = name.parse().unwrap();
        desk.tell(Event::OrganizationListed { order, organization, result });
    }
    desk.tell(Event::Listed { order });
    assert_eq!(
        (desk.notice().as_str(), desk.state.notices.waiting()),
        ("cannot list the tokens of contoso: it is over", 0)
    );
    assert!(desk.state.listing.is_stale());
    assert_eq!(desk.names().len(), 3);
}

#[test]
fn whoever_looks_around_is_not_asked_to_sign_in() {
    let mut desk = newcomer();
    desk.step(browser());
    desk.act(Action::Back);
    desk.act(Action::UseBrowser);
    let left = desk.state.sign_in.order.unwrap();
    let effects = desk.act(Action::Demo);
    assert!(matches!(effects.as_slice(), [Effect::ConnectDemo { .. }]), "{effects:?}");
    desk.tell(Event::SignInStepped { order: left, step: browser() });
    assert!(!is_asking(&desk));
    desk.ends(Ok(connection(vec![])));
    let result = Box::new(refused(FailureKind::Cancelled));
    assert_eq!(desk.tell(Event::Connected { order: left, result }), []);
    assert!(desk.state.session.connection().is_some());
    assert_eq!(desk.notice(), "", "nobody signed in, and nobody wanted to");
}

#[test]
fn whoever_has_no_configuration_copies_the_command_or_uses_the_azure_cli() {
    let session = Session::Missing;
    let mut desk = Desk { state: State::new(Setting::default(), session, now()), seconds: 0 };
    let copied = desk.act(Action::CopyShown);
    assert!(
        matches!(copied.as_slice(), [Effect::Copy { text, .. }] if text.starts_with("az ad app create --display-name azpat --public-client-redirect-uris http://localhost")),
        "{copied:?}"
    );
    assert!(!desk.state.is_enabled(&Action::UseBrowser));
    assert_eq!(connects(&desk.act(Action::Refresh)), SignIn::default());
}

#[test]
fn a_list_that_fails_because_its_account_is_signed_out_says_nothing_more() {
    let mut desk = resident();
    let [Effect::List { order, .. }] = desk.act(Action::Refresh)[..] else { panic!() };
    let out = Known { signed_out: Some(failure(FailureKind::SignIn)), ..known(1, "ada") };
    desk.tell(Event::AccountsRead(vec![out]));
    let result = Err(failure(FailureKind::SignIn));
    desk.tell(Event::OrganizationListed { order, organization: organization(), result });
    assert_eq!(desk.notice(), "", "the strip says it");
    assert!(desk.state.listing.is_stale());
}

#[test]
fn what_failed_in_an_organization_that_is_not_asked_any_more_is_forgotten() {
    let mut desk = resident();
    let [Effect::List { order, .. }] = desk.act(Action::Refresh)[..] else { panic!() };
    let gone = || failure(FailureKind::Network);
    desk.tell(Event::OrganizationListed {
        order,
        organization: organization(),
        result: Err(gone()),
    });
    desk.act(Action::Accounts);
    desk.act(Action::AddAccount);
    let organizations = vec![("fabrikam".parse().unwrap(), None)];
    let connection = Connection { organizations, ..connection(vec![known(1, "ada")]) };
    assert_eq!(desk.ends(Ok(connection)), [], "a listing runs; another follows it");
    assert!(!desk.state.listing.is_stale());
    // What the old listing still says of it comes too late.
    desk.tell(Event::OrganizationListed {
        order,
        organization: organization(),
        result: Err(gone()),
    });
    assert!(!desk.state.listing.is_stale());
    let [Effect::List { order, .. }] = desk.tell(Event::Listed { order })[..] else { panic!() };
    let (organization, result) = ("fabrikam".parse().unwrap(), Ok(Completeness::Complete));
    desk.tell(Event::OrganizationListed { order, organization, result });
    desk.tell(Event::Listed { order });
    assert!(!desk.state.listing.is_stale() && desk.state.listing.read.len() == 1);
    assert_eq!(desk.names(), Vec::<String>::new(), "its tokens are gone with it");
}
