//! Properties: whatever is done and whatever happens.

use proptest::prelude::*;
use ratatui::{Terminal, backend::TestBackend};

use super::*;
use crate::{
    action::BINDINGS,
    failure::{Failure, FailureKind},
    operations::{Confirmation, Edit, Extension, NewPat, Revocation},
    ui,
};

/// A step of a session: what the user does, or what happens.
#[derive(Clone, Debug)]
enum Step {
    Act(Action),
    Wait(i64),
    Resize(u16, u16),
    Page(Vec<(u8, i16)>),
    ListingEnds(bool),
    WritesEnd(bool),
    SignIn(u8),
    FocusLost,
    LeftBehind,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        10 => (0..BINDINGS.len()).prop_map(|at| Step::Act(BINDINGS[at].action.clone())),
        2 => any::<char>().prop_map(|c| Step::Act(Action::Insert(c))),
        1 => ".{0,20}".prop_map(|text| Step::Act(Action::Paste(text))),
        1 => (0..200_u16, 0..60_u16).prop_map(|(column, row)| Step::Act(Action::Click { column, row })),
        1 => (-9..9_i16).prop_map(|by| Step::Act(Action::Scroll(by))),
        1 => (0..90_000_i64).prop_map(Step::Wait),
        1 => (0..160_u16, 0..45_u16).prop_map(|(width, height)| Step::Resize(width, height)),
        2 => prop::collection::vec((any::<u8>(), -400..400_i16), 0..30).prop_map(Step::Page),
        1 => any::<bool>().prop_map(Step::ListingEnds),
        1 => any::<bool>().prop_map(Step::WritesEnd),
        2 => (0..9_u8).prop_map(Step::SignIn),
        1 => Just(Step::FocusLost),
        1 => Just(Step::LeftBehind),
    ]
}

fn failed() -> Failure {
    Failure::new(FailureKind::Network, "do it", "nobody answered")
}

/// Plays a step. What was ordered before may be answered by it.
fn play(desk: &mut Desk, step: Step, ordered: &mut Vec<Effect>) {
    let running = desk.state.listing.running;
    let effects = match step {
        Step::Act(action) => desk.act(action),
        Step::Wait(seconds) => desk.wait(seconds),
        Step::Resize(width, height) => desk.tell(Event::Resized { width, height }),
        Step::Page(tokens) => {
            let token = |(number, days): (u8, i16)| {
                let listed = Listed::ALL[usize::from(number) % 3];
                let name = format!("t{number}\u{202E}{}", "界".repeat(usize::from(number) % 9));
                pat(number.into()).named(&name).ends_in(TimeDelta::days(days.into())).listed(listed)
            };
            let pats = tokens.into_iter().map(token).collect();
            let page =
                Page { organization: organization(), listed: Listed::Active, pats, unreadable: 0 };
            let order = running.unwrap_or(OrderId(0));
            desk.tell(Event::PageListed { order, page })
        }
        Step::ListingEnds(is_good) => {
            let order = running.unwrap_or(OrderId(0));
            let result = if is_good { Ok(Completeness::Complete) } else { Err(failed()) };
            let organization = organization();
            desk.tell(Event::OrganizationListed { order, organization, result });
            desk.tell(Event::Listed { order })
        }
        Step::FocusLost => desk.tell(Event::FocusLost),
        Step::LeftBehind => desk.tell(Event::LeftBehind),
        Step::SignIn(number) => {
            let event = signing_in(number, desk.state.sign_in.order.unwrap_or_default());
            desk.tell(event)
        }
        Step::WritesEnd(is_good) => {
            ordered.drain(..).flat_map(|effect| answer(desk, effect, is_good)).collect()
        }
    };
    ordered.extend(effects);
}

/// Anything that can be told about signing in, whether or not anybody waits for it.
fn signing_in(number: u8, order: OrderId) -> Event {
    let mut account = sign_in::known(number.into(), "a\u{202E}b");
    let id = account.identity.as_ref().unwrap().id;
    account.signed_out = number.is_multiple_of(2).then(failed);
    let why = failed();
    let stepped = |step| Event::SignInStepped { order, step };
    let ended = |failure| Event::Connected { order, result: Box::new(Err(failure)) };
    match number {
        0 => stepped(sign_in::browser()),
        1 => stepped(sign_in::device_code()),
        2 => stepped(crate::identity::Step::Opened(Err(why))),
        3 => stepped(crate::identity::Step::Offline { why: why.why }),
        4 => Event::AccountsRead(vec![]),
        5 => Event::AccountsRead(vec![account.clone(), account]),
        6 => Event::SignedOut { account: id, result: Err(why) },
        7 => ended(Failure { kind: FailureKind::Cancelled, ..why }),
        _ => ended(why),
    }
}

fn answer(desk: &mut Desk, effect: Effect, is_good: bool) -> Vec<Effect> {
    match effect {
        Effect::Revoke { order, pat } => {
            let ok = Revocation { id: pat.id, confirmation: Confirmation::ReadBack };
            desk.tell(Event::Revoked {
                order,
                result: if is_good { Ok(ok) } else { Err(failed()) },
            })
        }
        Effect::Extend { order, pat, to } => {
            let pat = Pat { valid_to: to, ..*pat };
            let ok = Extension {
                pat,
                requested: to,
                altered: vec![],
                confirmation: Confirmation::Answered,
            };
            let result = Box::new(if is_good { Ok(ok) } else { Err(failed()) });
            desk.tell(Event::Extended { order, result })
        }
        Effect::Rotate { order, .. } => {
            desk.tell(Event::Created { order, result: Box::new(Err(failed())) })
        }
        Effect::Create { order, new } => {
            let ok = making::creation(&new);
            desk.tell(Event::Created {
                order,
                result: Box::new(if is_good { Ok(ok) } else { Err(failed()) }),
            })
        }
        Effect::Edit { order, pat, change } => {
            let ok = Edit {
                pat: change.applied(&pat),
                before: *pat,
                change: *change,
                confirmation: Confirmation::Answered,
            };
            let result = Box::new(if is_good { Ok(ok) } else { Err(failed()) });
            desk.tell(Event::Edited { order, result })
        }
        Effect::SaveSecret { order, path, .. } => {
            let result = if is_good { Ok(path) } else { Err(failed()) };
            desk.tell(Event::SecretSaved { order, result })
        }
        Effect::ReadLog => {
            let log = records::log();
            desk.tell(Event::LogRead(if is_good { Ok(log) } else { Err(failed()) }))
        }
        Effect::ReadItems { order } => {
            let result = if is_good { Ok(items::findings()) } else { Err(failed()) };
            desk.tell(Event::ItemsRead { order, result })
        }
        Effect::GoOn { order, .. } => {
            let result = if is_good { Ok(None) } else { Err(failed()) };
            desk.tell(Event::WentOn { order, result })
        }
        Effect::PlanDelivery { order, .. } => {
            let result = if is_good { Ok(delivering::plan()) } else { Err(failed()) };
            desk.tell(Event::DeliveryPlanned { order, result })
        }
        Effect::Deliver { order, .. } => {
            let result = if is_good { Ok(delivering::done()) } else { Err(failed()) };
            desk.tell(Event::Delivered { order, result })
        }
        _ => Vec::new(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn whatever_happens_it_draws_and_the_selection_is_on_the_screen(
        steps in prop::collection::vec(step(), 0..60),
    ) {
        let mut desk = Desk::new(three());
        let mut ordered = Vec::new();
        for step in steps {
            play(&mut desk, step, &mut ordered);
            while desk.state.table.is_scanning() {
                super::super::advance(&mut desk.state);
            }
            let (len, cursor) = (desk.state.table.rows().len(), desk.state.table.cursor);
            let height = ui::layout::visible_rows(&desk.state).max(1);
            prop_assert!(len == 0 || cursor.window(len, height).contains(&cursor.selected()));
            let current = desk.state.table.current;
            let is_asked = desk.state.sign_in.prompt.is_some();
            prop_assert!(is_asked || !matches!(desk.state.mode, crate::state::mode::Mode::SignIn));
            prop_assert!(current.is_none() || current == desk.state.selected().map(|pat| pat.id));
            let counted = desk.state.inventory.pats().len();
            prop_assert_eq!(desk.state.tally.view(crate::state::view::View::All), counted);
            let (width, height) = desk.state.size;
            let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
            terminal.draw(|frame| ui::draw(frame, &desk.state)).unwrap();
        }
    }

    #[test]
    fn nothing_is_sent_that_was_not_confirmed(
        steps in prop::collection::vec(step(), 0..80),
    ) {
        let mut desk = Desk::new(three());
        let mut ordered = Vec::new();
        for step in steps {
            // Whoever never presses Enter never sends a write.
            if matches!(step, Step::Act(Action::Confirm | Action::Retry)) {
                continue;
            }
            play(&mut desk, step, &mut ordered);
            let is_write = |effect: &Effect| {
                matches!(
                    effect,
                    Effect::Create { .. }
                        | Effect::Rotate { .. }
                        | Effect::GoOn { .. }
                        | Effect::Edit { .. }
                        | Effect::Deliver { .. }
                        | Effect::Revoke { .. }
                        | Effect::Extend { .. }
                        | Effect::SignOut { .. }
                )
            };
            prop_assert!(!ordered.iter().any(is_write));
        }
    }

    #[test]
    fn no_secret_is_lost_that_was_not_let_go(
        steps in prop::collection::vec(step(), 0..80),
    ) {
        let mut desk = Desk::new(three());
        desk.state.custody.awaited = Some(OrderId(999));
        let new = NewPat {
            organization: organization(),
            name: "new".to_owned(),
            scope: "vso.code".to_owned(),
            valid_to: now() + TimeDelta::days(900),
        };
        let result = Box::new(Ok(making::creation(&new)));
        desk.tell(Event::Created { order: OrderId(999), result });
        desk.tell(Event::SinksFound(delivering::choices()));
        let mut ordered = Vec::new();
        for step in steps {
            // Enter is what lets go; leaving twice takes the token back.
            if matches!(step, Step::Act(Action::Confirm | Action::Quit)) {
                continue;
            }
            play(&mut desk, step, &mut ordered);
            prop_assert!(desk.state.custody.undelivered().is_some());
            let mode = &desk.state.mode;
            prop_assert!(!matches!(mode, crate::state::mode::Mode::Browse));
        }
    }
}
