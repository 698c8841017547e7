//! Update rules as plain values: what the user does, what happens, what is ordered.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a test does not expect fails it")]

mod batch;
mod bulk;
mod copying;
mod delivering;
mod grants;
mod items;
mod making;
mod properties;
mod records;
mod rotating;
mod rules;
mod sign_in;
mod sign_in_missed;
mod splitting;

use chrono::TimeDelta;

use super::{on_action, on_event, start};
use crate::{
    action::Action,
    azure::Route,
    desktop::Clipboard,
    effect::{Effect, OrderId},
    event::{Connection, Event},
    failure::Failure,
    identity::Step,
    operations::{Completeness, Page},
    pat::{
        Listed, Organization, Pat,
        fixture::{now, pat},
    },
    state::{Setting, State, session::Session},
    when::Zone,
};

/// A program that is connected and has listed these tokens.
struct Desk {
    state: State,
    seconds: i64,
}

impl Desk {
    fn new(pats: Vec<Pat>) -> Self {
        Self::of(vec![organization()], pats)
    }

    /// One of several organizations; the tokens are in the first.
    fn of(organizations: Vec<Organization>, pats: Vec<Pat>) -> Self {
        let setting = Setting { zone: Zone::utc(), ..Setting::default() };
        let mut desk = Self { state: State::new(setting, Session::Connecting, now()), seconds: 0 };
        desk.tell(Event::Resized { width: 100, height: 30 });
        let order = desk.connect(organizations.clone());
        desk.page(order, pats);
        for organization in organizations {
            let result = Ok(Completeness::Complete);
            desk.tell(Event::OrganizationListed { order, organization, result });
        }
        assert_eq!(desk.tell(Event::Listed { order }), []);
        desk
    }

    /// Connects and returns the order to list.
    fn connect(&mut self, organizations: Vec<Organization>) -> OrderId {
        let connection = Connection {
            account: None,
            accounts: Vec::new(),
            organizations: organizations.into_iter().map(|it| (it, None)).collect(),
            host: "127.0.0.1".into(),
            route: Route::default(),
            is_test_service: true,
        };
        drop(start(&mut self.state));
        let effects = self.ends(Ok(connection));
        let [Effect::List { order, .. }] = effects.as_slice() else { panic!("{effects:?}") };
        *order
    }

    fn page(&mut self, order: OrderId, pats: Vec<Pat>) {
        let page =
            Page { organization: organization(), listed: Listed::Active, pats, unreadable: 0 };
        assert_eq!(self.tell(Event::PageListed { order, page }), []);
    }

    fn list(&mut self, order: OrderId, pats: Vec<Pat>) {
        self.page(order, pats);
        let result = Ok(Completeness::Complete);
        self.tell(Event::OrganizationListed { order, organization: organization(), result });
        assert_eq!(self.tell(Event::Listed { order }), []);
    }

    fn tell(&mut self, event: Event) -> Vec<Effect> {
        on_event(&mut self.state, event).into_iter().collect()
    }

    /// A step of the sign-in that runs.
    fn step(&mut self, step: Step) {
        let order = self.state.sign_in.order.unwrap_or_default();
        assert_eq!(self.tell(Event::SignInStepped { order, step }), []);
    }

    /// The end of the sign-in that runs.
    fn ends(&mut self, result: Result<Connection, Failure>) -> Vec<Effect> {
        let order = self.state.sign_in.order.unwrap_or_default();
        self.tell(Event::Connected { order, result: Box::new(result) })
    }

    #[expect(clippy::needless_pass_by_value, reason = "reads better where it is called")]
    fn act(&mut self, action: Action) -> Vec<Effect> {
        on_action(&mut self.state, &action).into_iter().collect()
    }

    fn wait(&mut self, seconds: i64) -> Vec<Effect> {
        self.seconds += seconds;
        self.tell(Event::Ticked { now: now() + TimeDelta::seconds(self.seconds) })
    }

    fn type_in(&mut self, text: &str) {
        for c in text.chars() {
            assert_eq!(self.act(Action::Insert(c)), []);
        }
    }

    fn names(&self) -> Vec<String> {
        let rows = 0..self.state.table.rows().len();
        let at = |row| self.state.table.at(row, &self.state.inventory);
        rows.filter_map(at).map(|pat| pat.name.to_string()).collect()
    }

    fn selected(&self) -> String {
        self.state.selected().map(|pat| pat.name.to_string()).unwrap_or_default()
    }

    fn notice(&self) -> String {
        self.state.notices.current().map(|notice| notice.text.clone()).unwrap_or_default()
    }
}

/// The order to copy by the desktop.
fn copy(what: &'static str, text: impl Into<String>) -> Effect {
    Effect::Copy { way: Clipboard::System, what, text: text.into() }
}

fn organization() -> Organization {
    "contoso".parse().unwrap()
}

/// Three tokens that end in 5, 20 and 60 days.
fn three() -> Vec<Pat> {
    let ends = |number: u128, name, days| pat(number).named(name).ends_in(TimeDelta::days(days));
    vec![ends(1, "ci", 20), ends(2, "bot", 5), ends(3, "laptop", 60)]
}
