//! States of the screen that hold any number of tokens, filled the way the worker fills them.

use azpat::{
    action::Action,
    azure::Route,
    clock,
    effect::Effect,
    event::{Connection, Event},
    operations::{Completeness, Page},
    pat::{AuthorizationId, Listed, Organization, Pat, Target},
    state::{Setting, State, session::Session},
    text::Untrusted,
    update,
};
use chrono::TimeDelta;
use fastrand::Rng;
use uuid::Uuid;

/// Columns and rows that all measures draw.
pub(crate) const SIZE: (u16, u16) = (140, 40);

const PURPOSES: [&str; 12] = [
    "ci",
    "nuget",
    "laptop",
    "terraform",
    "release",
    "wiki-sync",
    "backup",
    "grafana",
    "renovate",
    "agent-pool",
    "mirror",
    "sbom",
];
const DEEDS: [&str; 8] =
    ["deploy", "publish", "git", "restore", "build", "export", "promote", "hotfix"];
const PLACES: [&str; 7] = ["prod", "staging", "test", "eu", "apac", "platform", "mobile"];

/// A connected screen after a complete listing of so many tokens.
pub(crate) fn state(count: u32) -> anyhow::Result<State> {
    named(count, &[])
}

/// The same, with these names in turn where there are some.
pub(crate) fn named(count: u32, names: &[String]) -> anyhow::Result<State> {
    let organization: Organization = "contoso".parse()?;
    let mut state = State::new(Setting::default(), Session::Connecting, clock::now());
    state.size = SIZE;
    let connection = Connection {
        account: None,
        accounts: Vec::new(),
        organizations: vec![(organization.clone(), Some(Uuid::from_u128(1)))],
        host: "127.0.0.1".to_owned(),
        route: Route::default(),
        is_test_service: true,
    };
    drop(update::start(&mut state));
    let order = state.sign_in.order.unwrap_or_default();
    let result = Box::new(Ok(connection));
    let orders = update::on_event(&mut state, Event::Connected { order, result });
    for order in orders {
        let Effect::List { order, .. } = order else { continue };
        let mut random = Rng::with_seed(7);
        let mut pats: Vec<_> =
            (0..count).map(|number| pat(number, &organization, &mut random)).collect();
        for (pat, name) in pats.iter_mut().zip(names.iter().cycle()) {
            pat.name = Untrusted::new(name.as_str());
        }
        let page = Page {
            organization: organization.clone(),
            listed: Listed::Active,
            pats,
            unreadable: 0,
        };
        let result = Ok(Completeness::Complete);
        let organization = organization.clone();
        for event in [
            Event::PageListed { order, page },
            Event::OrganizationListed { order, organization, result },
            Event::Listed { order },
        ] {
            drop(update::on_event(&mut state, event));
        }
    }
    finish(&mut state);
    anyhow::ensure!(state.table.rows().len() == count as usize, "the state is not filled");
    Ok(state)
}

/// Takes what is left of a running pass.
pub(crate) fn finish(state: &mut State) {
    while state.table.is_scanning() {
        update::advance(state);
    }
}

/// Presses a key of which nothing is measured.
pub(crate) fn press(state: &mut State, action: &Action) {
    drop(update::on_action(state, action));
    finish(state);
}

fn pat(number: u32, organization: &Organization, random: &mut Rng) -> Pat {
    let mut one = |words: &[&'static str]| random.choice(words).copied().unwrap_or_default();
    let (purpose, deed, place) = (one(&PURPOSES), one(&DEEDS), one(&PLACES));
    let now = clock::now();
    Pat {
        id: AuthorizationId(Uuid::from_u128(random.u128(..))),
        organization: organization.clone(),
        name: Untrusted::new(format!("{purpose}-{deed}-{place}-{number}")),
        scope: "vso.code_write vso.packaging".into(),
        target: Target::Organizations(Box::new([Uuid::from_u128(1)])),
        valid_from: now - TimeDelta::days(30),
        valid_to: now + TimeDelta::minutes(random.i64(60..500_000)),
        listed: Listed::Active,
    }
}
