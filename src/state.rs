//! The whole program as plain data. Reading it never changes it; only `update` does.

pub mod batch;
pub mod clipboard;
pub mod cursor;
pub mod custody;
mod enabled;
pub mod items;
mod layers;
pub mod mode;
pub mod notices;
pub mod organizations;
pub mod query;
pub mod scroll;
pub mod session;
pub mod splitting;
pub mod table;
pub mod tally;
pub mod view;
pub mod work;

use std::{collections::VecDeque, path::PathBuf};

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};

use crate::{
    action::Layer,
    azure::Call,
    config::preferences::Preferences,
    desktop,
    effect::OrderId,
    failure::FailureKind,
    identity::Known,
    pat::{Organization, Pat, Status, inventory::Inventory, limit::Limits},
    when::Zone,
};
use batch::Batch;
use clipboard::Clipboard;
use custody::{Custody, Page};
use items::Items;
use mode::{
    Mode,
    form::{Form, Purpose},
    sign_in::{Attempt, Prompt},
    stepper::{Choice, Limit},
};
use notices::Notices;
use scroll::Scroll;
use session::{Listing, Session};
use splitting::Splitting;
use table::Table;
use tally::Tally;
use view::Moment;
use work::Works;

/// What never changes while the program runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Setting {
    pub preferences: Preferences,
    pub zone: Zone,
    pub look: Look,
    /// An app registration is configured: a person can sign in with the browser or a code.
    pub can_sign_in: bool,
    /// Where the configuration is or would be, if this computer has such a place.
    pub config: Option<PathBuf>,
    /// User and computer, as in `ada@build-01`: what new tokens are called after.
    pub whereabouts: String,
    /// Where copied texts go.
    pub clipboard: desktop::Clipboard,
}

/// What the terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    pub has_colour: bool,
    /// Otherwise everything that azpat draws itself is ASCII.
    pub has_unicode: bool,
}

impl Default for Look {
    fn default() -> Self {
        Self { has_colour: true, has_unicode: true }
    }
}

/// The detail pane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Detail {
    pub is_open: bool,
    /// `None`: beside the table on a wide screen, below it on a narrow one.
    pub is_beside: Option<bool>,
    pub has_focus: bool,
    /// How many lines are scrolled away at its top.
    pub offset: u16,
}

/// The clocks: this computer's, and how far the service's is ahead of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    pub local: DateTime<Utc>,
    pub skew: TimeDelta,
}

/// Everything azpat knows and shows.
#[derive(Debug)]
pub struct State {
    pub setting: Setting,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    pub clock: Clock,
    pub session: Session,
    pub sign_in: Attempt,
    /// Of what stands on the screen before there is a list.
    pub welcome: Scroll,
    pub listing: Listing,
    pub inventory: Inventory,
    pub tally: Tally,
    pub table: Table,
    pub detail: Detail,
    pub mode: Mode,
    pub works: Works,
    /// The last ones that were confirmed together.
    pub batch: Option<Batch>,
    pub custody: Custody,
    pub items: Items,
    /// The global token that is being replaced.
    pub splitting: Option<Box<Splitting>>,
    pub clipboard: Clipboard,
    pub notices: Notices,
    pub traffic: Traffic,
}

/// What goes to the service and how it answers.
#[derive(Debug, Default)]
pub struct Traffic {
    last_order: u64,
    pub calls: VecDeque<Call>,
    /// A request waits until then, for this reason.
    pub delay: Option<(DateTime<Utc>, String)>,
    /// What organizations were seen to refuse or to shorten.
    pub limits: Limits,
}

impl Traffic {
    pub fn next_order(&mut self) -> OrderId {
        self.last_order += 1;
        OrderId(self.last_order)
    }
}

impl State {
    pub fn new(setting: Setting, session: Session, now: DateTime<Utc>) -> Self {
        Self {
            setting,
            size: (0, 0),
            clock: Clock { local: now, skew: TimeDelta::zero() },
            session,
            sign_in: Attempt::default(),
            welcome: Scroll::default(),
            listing: Listing::default(),
            inventory: Inventory::default(),
            tally: Tally::default(),
            table: Table::default(),
            detail: Detail::default(),
            mode: Mode::Browse,
            works: Works::default(),
            batch: None,
            custody: Custody::default(),
            items: Items::default(),
            splitting: None,
            clipboard: Clipboard::default(),
            notices: Notices::default(),
            traffic: Traffic::default(),
        }
    }

    /// The time at the service: what a token's end is compared with.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.local + self.clock.skew
    }

    pub fn moment(&self) -> Moment {
        Moment { now: self.now(), thresholds: self.setting.preferences.thresholds }
    }

    /// The token that the cursor is on.
    pub fn selected(&self) -> Option<&Pat> {
        self.table.at(self.table.cursor.selected(), &self.inventory)
    }

    pub fn status(&self, pat: &Pat) -> Status {
        self.moment().status(pat)
    }

    /// What the next command acts on: the marked tokens that are shown, in their order, else the
    /// selected one. Marks that the filter hides are left alone.
    pub fn chosen(&self) -> Vec<&Pat> {
        if self.table.marks.is_empty() {
            return self.selected().into_iter().collect();
        }
        let rows = self.table.rows().iter().filter_map(|place| self.inventory.at(*place));
        rows.filter(|pat| self.table.marks.contains(&pat.id)).collect()
    }

    pub fn limit(&self, pat: &Pat) -> Option<Limit> {
        let (lifespan, seen) = self.traffic.limits.lifespan(&pat.organization)?;
        Some(Limit { lifespan, seen })
    }

    /// The last end that a new token of this organization is known to get.
    pub fn last_end(&self, organization: &Organization) -> Option<DateTime<Utc>> {
        let (lifespan, _) = self.traffic.limits.lifespan(organization)?;
        Some(self.now() + lifespan)
    }

    /// The last end that the form's organization is known to grant.
    pub fn latest(&self, form: &Form) -> Option<DateTime<Utc>> {
        let (lifespan, _) = self.traffic.limits.lifespan(form.place()?)?;
        let born = match &form.purpose {
            Purpose::Edit(before) => before.valid_from,
            Purpose::New | Purpose::Clone(_) | Purpose::Successor(_) => self.now(),
        };
        Some(born + lifespan)
    }

    /// Whether anything waits for an answer.
    pub fn is_busy(&self) -> bool {
        self.listing.running.is_some()
            || self.is_connecting()
            || self.works.counts().running > 0
            || self.custody.awaited.is_some()
            || self.custody.delivering().is_some()
            || !self.items.is_idle()
    }

    /// Whether a sign-in is under way that waits for the service and for no person.
    fn is_connecting(&self) -> bool {
        let waits_for_person = self.sign_in.prompt.as_ref().is_some_and(|it| it.ends().is_some());
        let runs = self.session == Session::Connecting || self.sign_in.order.is_some();
        runs && !waits_for_person
    }

    /// The account that the cursor of the accounts is on.
    pub fn account(&self) -> Option<&Known> {
        let Mode::Accounts(cursor) = &self.mode else { return None };
        self.session.accounts().get(cursor.selected())
    }

    /// Whether the list is on the screen, rather than what to do before there is one.
    pub fn has_list(&self) -> bool {
        self.session.connection().is_some() || !self.inventory.is_empty()
    }

    /// Whether an app registration would help: nobody can sign in, and there is none.
    pub fn wants_app(&self) -> bool {
        let is_out = match &self.session {
            Session::Missing => true,
            Session::Failed(failure) => failure.kind == FailureKind::SignIn,
            Session::Connecting | Session::Connected(_) => false,
        };
        is_out && !self.setting.can_sign_in
    }

    /// Live key layers, lowest priority first.
    pub fn layers(&self) -> Vec<Layer> {
        let base = if self.has_list() { Layer::List } else { Layer::Welcome };
        let live: &[Layer] = match &self.mode {
            Mode::Browse => &[Layer::Global, base],
            Mode::Filter => &[Layer::Filter, Layer::Text],
            Mode::Extend(stepper) if stepper.choice() == Choice::Date => {
                &[Layer::Extend, Layer::Text]
            }
            Mode::Extend(_) => &[Layer::Extend],
            Mode::Confirm(confirm) => layers::of_question(confirm),
            Mode::Batch => &[Layer::Batch],
            Mode::Form(form) => layers::of_form(form),
            Mode::Secret => self.secret_layers(),
            Mode::Sort { .. } => &[Layer::Sort],
            Mode::Organizations(_) => &[Layer::Organizations],
            Mode::Calls(_) => &[Layer::Calls],
            Mode::Log(_) => &[Layer::Log],
            Mode::Items => &[Layer::Items],
            Mode::Split => &[Layer::Split],
            Mode::Accounts(_) => &[Layer::Accounts],
            Mode::SignIn => &[Layer::SignIn],
            Mode::Help(_) => &[Layer::Help, Layer::Text],
        };
        [&[Layer::Always], live].concat()
    }

    fn secret_layers(&self) -> &'static [Layer] {
        match self.custody.held.as_ref().map(|held| &held.page) {
            Some(Page::Deliver) if self.custody.delivering().is_some() => &[],
            Some(Page::Deliver) => &[Layer::Deliver],
            Some(Page::File(file)) if file.order.is_none() => &[Layer::SecretFile, Layer::Text],
            Some(Page::Leaving(_)) => &[Layer::Confirm],
            Some(Page::Secret) => &[Layer::Secret],
            // Nothing can be done while it is written or the token revoked.
            Some(Page::File(_) | Page::Revoking { .. }) | None => &[],
        }
    }

    /// When the screen or the program has to do something although nothing happens outside.
    pub fn next_tick(&self) -> Option<DateTime<Utc>> {
        let local = self.clock.local;
        let second = TimeDelta::seconds(1);
        let ends = self.sign_in.prompt.as_ref().and_then(Prompt::ends);
        let shown = self.custody.held.as_ref().and_then(|held| held.shown_until(local));
        let counts_down = shown.is_some()
            || self.clipboard.secret_until.is_some()
            || self.works.counts().scheduled > 0
            || self.traffic.delay.is_some()
            || ends.is_some_and(|ends| ends > local);
        let scheduled = counts_down.then(|| local.duration_trunc(second).unwrap_or(local) + second);
        let spinner = self.is_busy().then(|| local + TimeDelta::milliseconds(125));
        let age = self.listing.fresh.map(|fresh| {
            let minutes = (local - fresh).num_minutes().max(0) + 1;
            fresh + TimeDelta::minutes(minutes)
        });
        let change = self.tally.next_change().map(|change| change - self.clock.skew);
        let minute = local
            .duration_trunc(TimeDelta::minutes(1))
            .map(|minute| minute + TimeDelta::minutes(1));
        let minute = (!self.inventory.is_empty()).then_some(minute.ok()).flatten();
        [scheduled, spinner, age, change, minute, self.next_refresh()].into_iter().flatten().min()
    }

    /// When the lists are to be read again by themselves.
    pub fn next_refresh(&self) -> Option<DateTime<Utc>> {
        if self.listing.running.is_some() {
            return None;
        }
        Some(self.listing.ended? + self.setting.preferences.refresh_every?)
    }
}
