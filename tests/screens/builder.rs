//! A believable list of tokens, and what is drawn of a state.

use azpat::{
    audit::{Action, Entry, Log, Outcome},
    azure::Route,
    effect::OrderId,
    event::Connection,
    failure::{Failure, FailureKind},
    identity::{AccountId, Identity, Kept, Known, Tenant, Way},
    journal::{Intent, Item, ItemId, Stage},
    operations::{
        Account, Completeness, Creation,
        resume::{Finding, Verdict},
        split::{Split, Wanted},
    },
    pat::{AuthorizationId, Listed, Organization, Pat, Target, date},
    secret::PatSecret,
    state::{
        Setting, State,
        batch::{Batch, Row, Skip},
        custody::Held,
        mode::{form::Form, picker::Picker, sign_in::Prompt},
        session::Session,
        splitting::Splitting,
        tally::Tally,
        view::View,
        work::{Kind, Retry, Work},
    },
    text::Untrusted,
    ui,
    when::Zone,
};
use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use ratatui::{Terminal, backend::TestBackend, buffer::Buffer, layout::Position};
use uuid::Uuid;

pub(crate) fn now() -> DateTime<Utc> {
    date::parse("2026-11-23T10:30:00Z").unwrap()
}

pub(crate) fn id(number: u128) -> AuthorizationId {
    AuthorizationId(Uuid::from_u128(0x4c60_c9ed_a378_4883_af16_0000_0000_0000 + number))
}

pub(crate) fn organization(name: &str) -> Organization {
    name.parse().unwrap()
}

/// A token of contoso that lives 91 days.
pub(crate) fn pat(number: u128, name: &str, ends_in: TimeDelta) -> Pat {
    Pat {
        id: id(number),
        organization: organization("contoso"),
        name: Untrusted::new(name),
        scope: "vso.code".into(),
        target: Target::Organizations(Box::new([Uuid::from_u128(0xC0)])),
        valid_from: now() + ends_in - TimeDelta::days(91),
        valid_to: now() + ends_in,
        listed: Listed::Active,
    }
}

fn can(pat: Pat, scope: &str) -> Pat {
    Pat { scope: scope.into(), ..pat }
}

fn of_fabrikam(pat: Pat) -> Pat {
    let target = Target::Organizations(Box::new([Uuid::from_u128(0xFA)]));
    Pat { organization: organization("fabrikam"), target, ..pat }
}

/// What a person may have after some years.
pub(crate) fn pats() -> Vec<Pat> {
    let days = TimeDelta::days;
    let long = "a name that somebody made so long that no table in the world has a place for it";
    vec![
        can(pat(1, "release-bot", TimeDelta::minutes(1_302)), "vso.release_execute vso.build"),
        can(pat(2, "ci-deploy-prod", TimeDelta::hours(54)), "vso.build_execute vso.code_write"),
        of_fabrikam(can(pat(3, "nuget-publish", days(9)), "vso.packaging_write")),
        can(pat(4, "laptop-git", days(12)), "vso.code_write"),
        can(pat(5, "terraform", days(41)), "app_token"),
        of_fabrikam(can(pat(6, "wiki sync", days(55)), "vso.wiki")),
        Pat { target: Target::Global, ..pat(7, "old-global", days(73)) },
        can(pat(8, "夜間ビルド", days(80)), "vso.build vso.test_write vso.brand_new"),
        can(pat(9, "👩‍💻 laptop 👨‍👩‍👧‍👦", days(81)), "vso.work_full"),
        pat(10, "pr\u{202E}od\u{7}", days(82)),
        pat(11, "prod ", days(83)),
        pat(12, long, days(84)),
        pat(13, "backup-job", days(390)),
        Pat { listed: Listed::Expired, ..pat(14, "spring-demo", days(-21)) },
        Pat {
            listed: Listed::Revoked,
            ..can(pat(15, "agent-07", days(88)), "vso.agentpools_manage")
        },
    ]
}

/// The global token with its successors: one is there, the others are not.
pub(crate) fn splitting(state: &State) -> Splitting {
    let old = pats().into_iter().find(Pat::is_global).unwrap();
    let organizations = ["contoso", "fabrikam", "tailspin", "wingtip"].map(organization);
    let wanted = Wanted { scope: old.scope.to_string(), valid_to: old.valid_to };
    let made = now() - TimeDelta::days(3);
    let known = Pat { valid_from: made, ..pat(20, "old-global", TimeDelta::days(60)) };
    let known = [Pat { organization: organization("tailspin"), ..known }];
    let split = Split::plan(&old, &organizations, &wanted, &known, state.now()).unwrap();
    Splitting::new(split)
}

pub(crate) fn connection() -> Connection {
    Connection {
        account: Some(Account {
            id: "1".to_owned(),
            name: Untrusted::new("Ada Lovelace"),
            mail: Untrusted::new("ada@contoso.com"),
        }),
        accounts: Vec::new(),
        organizations: vec![
            (organization("contoso"), Some(Uuid::from_u128(0xC0))),
            (organization("fabrikam"), Some(Uuid::from_u128(0xFA))),
        ],
        host: "dev.azure.com".to_owned(),
        route: Route::default(),
        is_test_service: false,
    }
}

pub(crate) fn refused() -> Failure {
    Failure::new(FailureKind::SignIn, "sign in", "the session has ended (AADSTS700082)")
        .hint("sign in again")
}

/// An account that is kept in the keyring.
pub(crate) fn known(number: u128, name: &str, organizations: &[&str]) -> Known {
    let id = AccountId { tenant: Uuid::from_u128(0x7e << 120 | number), oid: Uuid::from_u128(1) };
    let identity = Identity { id, username: Untrusted::new(name), name: Untrusted::default() };
    Known {
        identity: Some(identity),
        way: Way::Browser,
        tenants: vec![id.tenant],
        organizations: organizations.iter().map(|name| organization(name)).collect(),
        kept: Kept::Keyring,
        signed_out: None,
    }
}

/// Two accounts of which the second has to sign in again.
pub(crate) fn accounts(state: &mut State) {
    let out = Known {
        signed_out: Some(refused()),
        kept: Kept::Memory(Failure::new(FailureKind::Usage, "keep it", "the keyring is locked")),
        way: Way::DeviceCode,
        ..known(2, "ada@fabrikam.com", &["fabrikam"])
    };
    if let Session::Connected(connection) = &mut state.session {
        connection.accounts = vec![known(1, "ada@contoso.com", &["contoso"]), out];
    }
}

pub(crate) fn code(code: &str) -> Prompt {
    Prompt::DeviceCode {
        code: Untrusted::new(code),
        address: "https://microsoft.com/devicelogin".parse().unwrap(),
        ends: now() + TimeDelta::seconds(871),
        tenant: Tenant::Organizations,
    }
}

pub(crate) fn browser(opened: Option<Result<(), Failure>>) -> Prompt {
    let address = "https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize?\
        response_type=code&client_id=3f2b6a1e-1111-4222-8333-444455556666&state=c3RhdGUtc3RhdGUtc3Rh\
        dGUtc3RhdGUtc3RhdGU&code_challenge=Y2hhbGxlbmdlLWNoYWxsZW5nZS1jaGFsbGVuZ2U&\
        code_challenge_method=S256&redirect_uri=http%3A%2F%2Flocalhost%3A41231&scope=offline_access";
    let ends = now() + TimeDelta::seconds(299);
    Prompt::Browser { address: address.parse().unwrap(), port: 41_231, ends, opened }
}

pub(crate) fn setting() -> Setting {
    let zone = Zone::Fixed(FixedOffset::east_opt(3600).unwrap());
    Setting { zone, ..Setting::default() }
}

/// A state before anything was read.
pub(crate) fn empty(session: Session) -> State {
    let mut state = State::new(setting(), session, now());
    state.size = (140, 40);
    state
}

/// A state that has read these tokens 12 seconds ago.
pub(crate) fn listing(pats: Vec<Pat>) -> State {
    let mut state = empty(Session::Connected(connection()));
    fill(&mut state, pats);
    for name in ["contoso", "fabrikam"] {
        state.listing.results.insert(organization(name), Ok(Completeness::Complete));
        state.listing.read.insert(organization(name), now() - TimeDelta::seconds(12));
    }
    state.listing.fresh = Some(now() - TimeDelta::seconds(12));
    state.listing.ended = state.listing.fresh;
    state
}

pub(crate) fn fill(state: &mut State, pats: Vec<Pat>) {
    state.inventory.begin_pass();
    for pat in pats {
        state.inventory.add(pat);
    }
    let moment = state.moment();
    state.tally = Tally::of(state.inventory.pats().iter(), moment);
    state.table.rebuild(&state.inventory, moment);
    state.table.note_current(&state.inventory);
}

pub(crate) fn main_screen() -> State {
    listing(pats())
}

/// Puts the cursor on a row.
pub(crate) fn select(state: &mut State, row: usize) {
    let height = ui::layout::visible_rows(state);
    state.table.cursor.select(row, state.table.rows().len(), height);
    state.table.note_current(&state.inventory);
}

pub(crate) fn show(state: &mut State, view: View) {
    state.table.view = view;
    refilter(state);
}

pub(crate) fn filter(state: &mut State, text: &str) {
    state.table.filter = text.into();
    refilter(state);
}

fn refilter(state: &mut State) {
    let moment = state.moment();
    state.table.refilter(&state.inventory, moment);
}

pub(crate) fn work(state: &mut State, number: u128, work: Work) {
    state.works.set(id(number), work);
}

/// These tokens, to be changed together; the last one cannot be.
pub(crate) fn batch(kind: Kind, numbers: &[u128]) -> Batch {
    let what = match kind {
        Kind::Extend => Retry::Extend { to: now() + TimeDelta::days(90) },
        Kind::Revoke => Retry::Revoke,
    };
    let all = pats();
    let chosen = numbers.iter().filter_map(|number| all.iter().find(|pat| pat.id == id(*number)));
    let mut rows: Vec<_> = chosen.map(|pat| Row::new(pat.clone(), Ok(what))).collect();
    if let Some(last) = rows.last_mut() {
        last.plan = Err(Skip::Expired);
    }
    Batch::new(kind, rows)
}

/// A form as it opens.
pub(crate) fn form() -> Form {
    let organizations = vec![organization("contoso"), organization("fabrikam")];
    let mut form = Form::new(organizations, 0, TimeDelta::days(30));
    "ada@build-01 2026-11-23".clone_into(&mut form.suggestion);
    form
}

/// The same with its list of scopes open.
pub(crate) fn picking() -> Form {
    let mut form = form();
    form.picker = Some(Picker::new(vec!["vso.code_write".to_owned()]));
    form
}

/// The secret of every new token here.
pub(crate) const SECRET: &str =
    "4Kq7wYt2ZbNcRfVgHjMkLpQsXaDeWuIo9r8t7y6u5i4o3pJQQJ99ALACAAAAAAAAAAAAASAZDO3xyz";

/// A token that was just made.
pub(crate) fn held() -> Held {
    let pat = Pat { valid_from: now(), ..pat(42, "ci on build-01", TimeDelta::days(30)) };
    let requested = pat.valid_to;
    Held::new(Creation { pat, secret: PatSecret::new(SECRET), requested }, None)
}

pub(crate) fn order() -> OrderId {
    OrderId(1)
}

pub(crate) fn draw(state: &State) -> (Buffer, Position) {
    let (width, height) = state.size;
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| ui::draw(frame, state)).unwrap();
    let cursor = terminal.get_cursor_position().unwrap();
    (terminal.backend().buffer().clone(), cursor)
}

/// The screen as text, without blanks at the ends of its lines.
pub(crate) fn text(state: &State) -> String {
    lines(&draw(state).0).join("\n")
}

/// A wide character stands in its first cell; the cell behind it is left out.
pub(crate) fn lines(buffer: &Buffer) -> Vec<String> {
    let area = buffer.area;
    (area.top()..area.bottom())
        .map(|y| {
            let mut line = String::new();
            let mut x = area.left();
            while x < area.right() {
                let symbol = buffer[(x, y)].symbol();
                line.push_str(symbol);
                let width = unicode_width::UnicodeWidthStr::width(symbol).max(1);
                x = x.saturating_add(u16::try_from(width).unwrap());
            }
            line.trim_end().to_owned()
        })
        .collect()
}

/// The same screen at another size.
pub(crate) fn at(mut state: State, width: u16, height: u16) -> State {
    state.size = (width, height);
    state
}

/// A log of changes: of long ago and of today, done and not done, and with a name that wants to be
/// more than a name.
pub(crate) fn log() -> Log {
    let change = |number: u128, action, name: &str, outcome, detail: &str| Entry {
        at: now() - TimeDelta::days(400 / i64::try_from(number).unwrap()),
        action,
        id: (number != 4).then(|| id(number)),
        name: Untrusted::new(name),
        organization: organization(if number == 3 { "fabrikam-europe" } else { "contoso" }),
        outcome,
        detail: (!detail.is_empty()).then(|| detail.to_owned()),
    };
    let entries = vec![
        change(1, Action::Create, "release-bot", Outcome::Done, "ends 2026-01-17"),
        change(3, Action::Deliver, "npm publish, all feeds", Outcome::Done, "file ~/.npmrc"),
        change(
            4,
            Action::Create,
            "nightly",
            Outcome::Failed,
            "the organization allows at most 45 days (patLifespanPolicyViolation)",
        ),
        change(8, Action::Extend, "pr\u{202E}od", Outcome::Unknown, "no answer\u{1b}[2J came"),
        change(900, Action::Revoke, "release-bot", Outcome::Done, ""),
    ];
    Log { lines: entries.len(), entries, torn: vec![], misfit: None, hash: String::new() }
}

pub(crate) fn item(number: u32) -> ItemId {
    format!("{number:08x}").parse().unwrap()
}

/// One of each kind that was left behind.
pub(crate) fn findings() -> Vec<Finding> {
    let new = |number| Box::new(pat(number, "ci-deploy-prod", TimeDelta::days(90)));
    let left = |number: u32, name: &str, old: Option<u128>, stage, verdict| {
        let intent = Intent {
            organization: organization("contoso"),
            name: name.to_owned(),
            scope: "vso.code".to_owned(),
            valid_to: now() + TimeDelta::days(90),
            old: old.map(id),
            sinks: vec![],
        };
        let since = now() - TimeDelta::minutes(11 * i64::from(number));
        let old = old.map(|old| pat(old, name, TimeDelta::days(2)));
        Finding { item: Item { id: item(number), since, intent, stage }, old, verdict }
    };
    let delivering = Stage::Delivering { new: id(44), sinks: vec!["file ~/.npmrc".to_owned()] };
    let unknown = Verdict::Unknown(refused());
    vec![
        left(1, "ci-deploy-prod", Some(2), Stage::Delivered { new: id(43) }, {
            Verdict::OldStillLives(new(43))
        }),
        left(2, "nightly\u{202E}", None, Stage::Created { new: id(42) }, Verdict::Orphan(new(42))),
        left(3, "nuget-publish", Some(3), delivering, Verdict::PerhapsDelivered(new(44))),
        left(4, "wiki sync", None, Stage::Intended, Verdict::NotYet),
        left(5, "laptop-git", Some(4), Stage::Delivered { new: id(45) }, Verdict::NewIsOver),
        left(6, "terraform", None, Stage::Intended, unknown),
    ]
}
