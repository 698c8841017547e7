//! One rule, one test.

use chrono::TimeDelta;

use super::*;
use crate::{
    failure::{Failure, FailureKind},
    operations::{Confirmation, Extension, Revocation},
    state::{
        mode::{Mode, confirm::Focus},
        view::{SortKey, View},
        work::{Counts, Work},
    },
};

fn failure(kind: FailureKind) -> Failure {
    Failure::new(kind, "revoke bot", "the service is away")
}

#[test]
fn what_ends_next_stands_first_and_pages_appear_as_they_arrive() {
    let mut desk = Desk::new(vec![]);
    let order = match desk.act(Action::Refresh).as_slice() {
        [Effect::List { order, .. }] => *order,
        other => panic!("{other:?}"),
    };
    desk.page(order, three());
    assert_eq!(desk.names(), ["bot", "ci", "laptop"]);
    desk.act(Action::First);
    desk.page(order, vec![pat(4).named("soon").ends_in(TimeDelta::days(1))]);
    assert_eq!(desk.names(), ["soon", "bot", "ci", "laptop"]);
    assert_eq!(desk.selected(), "bot", "the cursor stays on its token");
}

#[test]
fn a_list_that_arrives_is_shown_from_its_top_until_a_key_is_pressed() {
    let mut desk = Desk::new(vec![pat(9).listed(Listed::Expired).ends_in(TimeDelta::days(-1))]);
    let [Effect::List { order, .. }] = desk.wait(300)[..] else { panic!() };
    desk.page(order, three());
    assert_eq!(desk.selected(), "bot");
}

#[test]
fn refreshing_twice_lists_once_more_and_never_twice_at_a_time() {
    let mut desk = Desk::new(three());
    let order = match desk.act(Action::Refresh).as_slice() {
        [Effect::List { order, .. }] => *order,
        other => panic!("{other:?}"),
    };
    assert_eq!(desk.act(Action::Refresh), []);
    assert_eq!(desk.act(Action::Refresh), []);
    assert!(matches!(desk.tell(Event::Listed { order }).as_slice(), [Effect::List { .. }]));
}

#[test]
fn a_page_of_a_listing_that_is_over_is_ignored() {
    let mut desk = Desk::new(three());
    desk.page(OrderId(1), vec![pat(9).named("late")]);
    assert_eq!(desk.names().len(), 3);
}

#[test]
fn what_a_complete_listing_does_not_show_is_gone() {
    let mut desk = Desk::new(three());
    let [Effect::List { order, .. }] = desk.act(Action::Refresh)[..] else { panic!() };
    desk.list(order, vec![pat(1).named("ci").ends_in(TimeDelta::days(20))]);
    assert_eq!(desk.names(), ["ci"]);
}

#[test]
fn a_failed_listing_keeps_what_is_shown_and_marks_it_stale() {
    let mut desk = Desk::new(three());
    let [Effect::List { order, .. }] = desk.act(Action::Refresh)[..] else { panic!() };
    let result = Err(failure(FailureKind::Network));
    assert_eq!(desk.wait(5), []);
    desk.tell(Event::OrganizationListed { order, organization: organization(), result });
    assert_eq!(desk.state.listing.read.get(&organization()), Some(&now()), "not read now");
    desk.tell(Event::Listed { order });
    assert_eq!(desk.names().len(), 3);
    assert!(desk.state.listing.is_stale());
    assert_eq!(desk.state.listing.fresh, Some(now()));
}

#[test]
fn enter_after_x_cancels() {
    let mut desk = Desk::new(three());
    for _ in 0..200 {
        assert_eq!(desk.act(Action::Revoke), []);
        assert_eq!(desk.act(Action::Confirm), []);
    }
    assert_eq!(desk.state.works.counts(), Counts::default());
}

#[test]
fn a_confirmed_revocation_waits_and_is_then_sent_once() {
    let mut desk = Desk::new(three());
    desk.act(Action::Revoke);
    desk.act(Action::Forward);
    assert_eq!(desk.act(Action::Confirm), []);
    assert_eq!(desk.wait(7), []);
    let effects = desk.wait(1);
    let [Effect::Revoke { order, pat }] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(pat.name.to_string(), "bot");
    assert_eq!(desk.wait(1), []);
    let revocation = Revocation { id: pat.id, confirmation: Confirmation::Answered };
    assert!(desk.state.status(desk.state.inventory.get(pat.id).unwrap()).is_alive());
    desk.tell(Event::Revoked { order: *order, result: Ok(revocation) });
    assert_eq!(desk.notice(), "bot is revoked: the service confirmed it");
    assert_eq!(desk.state.tally.view(View::Revoked), 1);
    assert_eq!(desk.names(), ["ci", "laptop", "bot"], "the dead come last");
}

#[test]
fn u_takes_a_revocation_back_before_it_is_sent() {
    let mut desk = Desk::new(three());
    desk.act(Action::Revoke);
    desk.act(Action::Forward);
    desk.act(Action::Confirm);
    desk.wait(3);
    desk.act(Action::Undo);
    assert_eq!(desk.notice(), "bot stays; nothing was sent");
    assert_eq!(desk.wait(60), []);
    assert!(!desk.state.is_enabled(&Action::Undo));
}

#[test]
fn the_question_means_its_token_whatever_the_list_does_meanwhile() {
    let mut desk = Desk::new(three());
    desk.act(Action::Revoke);
    let order = desk.state.traffic.next_order();
    desk.state.listing.running = Some(order);
    desk.page(order, vec![pat(7).named("new").ends_in(TimeDelta::hours(1))]);
    desk.act(Action::Forward);
    desk.act(Action::Confirm);
    let effects = desk.wait(8);
    assert!(matches!(effects.as_slice(), [Effect::Revoke { pat, .. }] if pat.name.raw() == "bot"));
}

#[test]
fn full_access_wants_its_name_typed_and_no_paste_confirms() {
    let mut desk = Desk::new(vec![pat(1).named("root").scoped("app_token")]);
    desk.act(Action::Revoke);
    assert_eq!(desk.act(Action::Paste("root\n\r".into())), []);
    let Mode::Confirm(confirm) = &desk.state.mode else { panic!() };
    assert_eq!((confirm.focus, confirm.is_unlocked()), (Focus::Field, true));
    desk.act(Action::Confirm);
    let Mode::Confirm(confirm) = &desk.state.mode else { panic!() };
    assert_eq!(confirm.focus, Focus::Cancel, "Enter goes on to Cancel");
    desk.act(Action::Confirm);
    assert_eq!(desk.state.works.counts(), Counts::default());
}

#[test]
fn several_want_their_count_and_hidden_marks_are_left_alone() {
    let mut desk = Desk::new(three());
    desk.act(Action::MarkAll);
    desk.act(Action::Filter);
    desk.type_in("!ci");
    desk.act(Action::Confirm);
    desk.act(Action::Revoke);
    desk.type_in("2");
    desk.act(Action::Backward);
    desk.act(Action::Confirm);
    let effects = desk.wait(8);
    assert_eq!(effects.len(), 2);
    let names: Vec<_> = effects
        .iter()
        .map(|effect| match effect {
            Effect::Revoke { pat, .. } => pat.name.to_string(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(!names.contains(&"ci".to_owned()), "{names:?}");
}

#[test]
fn extending_sends_the_chosen_end_and_tells_what_was_granted() {
    let mut desk = Desk::new(three());
    desk.act(Action::Extend);
    desk.act(Action::Forward);
    let effects = desk.act(Action::Confirm);
    let [Effect::Extend { order, pat, to }] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(*to, now() + TimeDelta::days(60));
    let granted = Pat { valid_to: now() + TimeDelta::days(10), ..(**pat).clone() };
    let extension = Extension {
        pat: granted,
        requested: *to,
        altered: vec![],
        confirmation: Confirmation::Answered,
    };
    desk.tell(Event::Extended { order: *order, result: Box::new(Ok(extension)) });
    assert!(desk.notice().contains("granted until Fri 04 Dec 2026, not Sat 23 Jan 2027"));
    assert!(desk.notice().contains("contoso allows 60 days from its creation"));
    let limit = desk.state.limit(desk.state.selected().unwrap()).unwrap();
    assert_eq!(limit.lifespan, TimeDelta::days(60));
}

#[test]
fn what_is_dead_is_not_extended_but_explained() {
    let dead = pat(1).named("old").ends_in(TimeDelta::days(-1)).listed(Listed::Expired);
    let mut desk = Desk::new(vec![dead, pat(2).named("gone").listed(Listed::Revoked)]);
    assert_eq!(desk.act(Action::Extend), []);
    assert!(desk.notice().contains("has ended"), "{}", desk.notice());
    desk.act(Action::Next);
    desk.act(Action::Extend);
    assert!(desk.notice().contains("revoked"), "{}", desk.notice());
}

#[test]
fn some_of_many_fail_and_only_those_are_tried_again() {
    let mut desk = Desk::new(three());
    desk.act(Action::MarkAll);
    desk.act(Action::Revoke);
    desk.type_in("3");
    desk.act(Action::Backward);
    desk.act(Action::Confirm);
    let effects = desk.wait(8);
    for (at, effect) in effects.iter().enumerate() {
        let Effect::Revoke { order, pat } = effect else { panic!() };
        let ok = Revocation { id: pat.id, confirmation: Confirmation::Answered };
        let result = if at == 1 { Err(failure(FailureKind::Service)) } else { Ok(ok) };
        desk.tell(Event::Revoked { order: *order, result });
    }
    assert_eq!(desk.state.works.counts(), Counts { done: 2, failed: 1, ..Counts::default() });
    let again = desk.act(Action::Retry);
    assert!(matches!(again.as_slice(), [Effect::Revoke { .. }]), "{again:?}");
}

#[test]
fn an_answer_nobody_waits_for_changes_nothing() {
    let mut desk = Desk::new(three());
    let result = Ok(Revocation { id: pat(2).id, confirmation: Confirmation::Answered });
    desk.tell(Event::Revoked { order: OrderId(99), result });
    assert_eq!(desk.state.tally.view(View::Revoked), 0);
}

#[test]
fn an_unknown_outcome_makes_the_list_be_read_again() {
    let mut desk = Desk::new(three());
    desk.act(Action::Revoke);
    desk.act(Action::Forward);
    desk.act(Action::Confirm);
    let [Effect::Revoke { order, .. }] = desk.wait(8)[..] else { panic!() };
    let result = Err(failure(FailureKind::Unconfirmed));
    let effects = desk.tell(Event::Revoked { order, result });
    assert!(matches!(effects.as_slice(), [Effect::List { .. }]), "{effects:?}");
}

#[test]
fn quitting_asks_while_a_revocation_waits() {
    let mut desk = Desk::new(three());
    assert_eq!(desk.act(Action::Quit), [Effect::Quit]);
    desk.act(Action::Revoke);
    desk.act(Action::Forward);
    desk.act(Action::Confirm);
    assert_eq!(desk.act(Action::Quit), []);
    assert_eq!(desk.act(Action::Confirm), [], "Cancel has the focus");
    assert_eq!(desk.act(Action::Quit), []);
    assert_eq!(desk.act(Action::Quit), [Effect::Quit], "a second time leaves");
}

#[test]
fn filter_view_and_sort_keep_the_selected_token() {
    let mut desk = Desk::new(three());
    desk.act(Action::Last);
    assert_eq!(desk.selected(), "laptop");
    desk.act(Action::ReverseSort);
    assert_eq!(desk.selected(), "laptop");
    desk.act(Action::Filter);
    desk.type_in("l");
    assert_eq!(desk.names(), ["laptop"]);
    desk.act(Action::Back);
    assert_eq!((desk.selected().as_str(), desk.names().len()), ("laptop", 3));
    desk.act(Action::Show(View::Expiring));
    assert_eq!(desk.names(), ["bot"]);
}

#[test]
fn the_sort_menu_shows_the_order_at_once_and_gives_it_back() {
    let mut desk = Desk::new(three());
    desk.act(Action::Sort);
    desk.act(Action::Previous);
    desk.act(Action::Previous);
    assert_eq!(desk.state.table.sort.key, SortKey::Name);
    assert_eq!(desk.names(), ["bot", "ci", "laptop"]);
    desk.act(Action::Back);
    assert_eq!(desk.state.table.sort.key, SortKey::Ends);
}

#[test]
fn an_organization_is_chosen_beside_what_is_filtered_already() {
    let mut pats = three();
    pats.push(crate::pat::fixture::pat_in("fabrikam", 4).named("bot of theirs"));
    let mut desk = Desk::new(pats);
    desk.act(Action::Filter);
    desk.type_in("bot");
    desk.act(Action::Confirm);
    assert_eq!(desk.names(), ["bot", "bot of theirs"]);
    desk.act(Action::Organizations);
    desk.act(Action::Next);
    desk.act(Action::Next);
    assert_eq!(desk.act(Action::Confirm), []);
    assert_eq!(desk.names(), ["bot of theirs"]);
    assert_eq!(desk.state.table.filter.value(), "org:=fabrikam bot");
    desk.act(Action::Organizations);
    let Mode::Organizations(cursor) = desk.state.mode else { panic!() };
    assert_eq!(cursor.selected(), 2, "it opens on the chosen one");
    desk.act(Action::Back);
    assert_eq!(desk.names(), ["bot of theirs"], "leaving changes nothing");
    desk.act(Action::Organizations);
    desk.act(Action::PageUp);
    desk.act(Action::Confirm);
    assert_eq!(desk.names(), ["bot", "bot of theirs"], "the first row is all of them");
}

#[test]
fn marking_goes_down_and_a_range_follows_the_cursor() {
    let mut desk = Desk::new(three());
    desk.act(Action::Mark);
    assert_eq!((desk.selected().as_str(), desk.state.table.marks.len()), ("ci", 1));
    desk.act(Action::MarkRange);
    desk.act(Action::Next);
    assert_eq!(desk.state.table.marks.len(), 3);
    desk.act(Action::Back);
    desk.act(Action::Back);
    assert_eq!(desk.state.table.marks.len(), 0);
}

#[test]
fn time_makes_tokens_critical_and_expired_without_a_listing() {
    let mut desk = Desk::new(three());
    assert_eq!(desk.state.tally.view(View::Expiring), 1);
    desk.state.setting.preferences.refresh_every = None;
    desk.wait(86_400 * 6);
    assert_eq!(desk.state.tally.view(View::Expired), 1);
    assert_eq!(desk.state.tally.view(View::Expiring), 1, "ci is within 14 days now");
}

#[test]
fn the_lists_are_read_again_by_themselves() {
    let mut desk = Desk::new(three());
    assert_eq!(desk.wait(299), []);
    assert!(matches!(desk.wait(1).as_slice(), [Effect::List { .. }]));
    assert_eq!(desk.wait(300), [], "not while one runs");
}

#[test]
fn check_77_the_services_clock_decides_what_has_ended() {
    let mut desk = Desk::new(vec![pat(1).ends_in(TimeDelta::minutes(5))]);
    desk.tell(Event::SkewMeasured(TimeDelta::minutes(10)));
    assert_eq!(desk.state.tally.view(View::Expired), 1);
}

#[test]
fn help_runs_what_is_found() {
    let mut desk = Desk::new(three());
    desk.act(Action::Help);
    desk.type_in("authorizationId");
    let effects = desk.act(Action::Confirm);
    assert!(matches!(effects.as_slice(), [Effect::Copy { what: "the id", .. }]), "{effects:?}");
}

#[test]
fn help_does_not_run_what_belongs_to_a_dialog() {
    let mut desk = Desk::new(three());
    desk.act(Action::Help);
    desk.type_in("Extend to the chosen date");
    assert_eq!(desk.act(Action::Confirm), []);
    assert!(!desk.state.detail.is_open);
    assert_eq!(desk.notice(), "`send` has nothing to do now; its place: while extending");
}

#[test]
fn a_running_write_keeps_its_token_from_others() {
    let mut desk = Desk::new(three());
    desk.act(Action::Extend);
    desk.act(Action::Confirm);
    let id = desk.state.selected().unwrap().id;
    assert!(matches!(desk.state.works.get(id), Some(Work::Extending { .. })));
    assert_eq!(desk.act(Action::Revoke), []);
    assert!(desk.notice().contains("being changed"), "{}", desk.notice());
}

#[test]
fn copying_and_opening_name_what_is_selected() {
    let mut desk = Desk::new(three());
    let text = "bot".to_owned();
    assert_eq!(desk.act(Action::CopyName), [copy("the name", text)]);
    let url = "https://dev.azure.com/contoso/_usersSettings/tokens".to_owned();
    assert_eq!(desk.act(Action::OpenPage), [Effect::OpenPage { url }]);
}

#[test]
fn nothing_to_do_wakes_nothing_but_the_minute() {
    let desk = Desk::new(three());
    assert_eq!(desk.state.next_tick(), Some(now() + TimeDelta::minutes(1)));
}
