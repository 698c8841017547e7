//! Delivering a secret: nothing is written that was not shown, and the secret stays held whatever
//! comes of it.

#![expect(clippy::wildcard_enum_match_arm, reason = "actions of other modes mean nothing here")]

use crate::{
    action::Action,
    effect::{Effect, Effects, OrderId},
    failure::Failure,
    operations,
    sink::{Delivered, Shown},
    state::{
        State,
        custody::{
            Held, Page,
            delivering::{Place, Step, UnderWay},
        },
        scroll::Scroll,
    },
    ui,
};

/// Shows the places, or the delivery that is under way.
pub(super) fn open(state: &mut State) {
    state.custody.hide();
    if let Some(held) = &mut state.custody.held {
        held.page = Page::Deliver;
    }
}

pub(super) fn act(state: &mut State, action: &Action) -> Effects {
    let page = isize::try_from(ui::delivering::extent(state).1).unwrap_or(isize::MAX);
    match action {
        Action::Next => step(state, 1),
        Action::Previous => step(state, -1),
        Action::PageDown => step(state, page),
        Action::PageUp => step(state, -page),
        Action::Scroll(rows) => step(state, isize::from(*rows)),
        Action::Back => back(state),
        Action::Confirm => return confirm(state),
        _ => {}
    }
    Effects::none()
}

fn step(state: &mut State, by: isize) {
    let sinks = state.custody.sinks.len();
    let Some(held) = &mut state.custody.held else { return };
    let delivering = &mut held.delivering;
    match delivering.step {
        // Which of them are on the screen is found when it is drawn.
        Step::Choosing => delivering.cursor.step(by, sinks, sinks),
        _ => delivering.scroll.step(by),
    }
}

fn back(state: &mut State) {
    let Some(held) = &mut state.custody.held else { return };
    match held.delivering.step {
        Step::Planning { .. } | Step::UnderWay(_) => {}
        Step::Planned { .. } => held.delivering.go(Step::Choosing),
        Step::Choosing | Step::Done { .. } | Step::Failed { .. } => to_secret(held),
    }
}

fn to_secret(held: &mut Held) {
    held.delivering.go(Step::Choosing);
    held.page = Page::Secret;
}

fn confirm(state: &mut State) -> Effects {
    let Some(held) = &mut state.custody.held else { return Effects::none() };
    let delivering = &mut held.delivering;
    match &delivering.step {
        Step::Choosing => {
            let chosen = state.custody.sinks.get(delivering.cursor.selected());
            let Some(sink) = chosen.map(|choice| choice.name.clone()) else {
                return Effects::none();
            };
            let order = state.traffic.next_order();
            delivering.go(Step::Planning { order, sink: sink.clone() });
            let pat = Box::new(held.creation.pat.clone());
            Effect::PlanDelivery { order, sink, pat }.into()
        }
        Step::Planned { sink, plan } => {
            let (sink, target) = (sink.clone(), plan.target.clone());
            let order = state.traffic.next_order();
            let under_way = UnderWay { order, target, is_there: false, tested: None };
            delivering.go(Step::UnderWay(under_way));
            let creation = Box::new(held.creation.clone());
            Effect::Deliver { order, sink, creation }.into()
        }
        Step::Planning { .. } | Step::UnderWay(_) => Effects::none(),
        Step::Failed { .. } => {
            delivering.go(Step::Choosing);
            Effects::none()
        }
        Step::Done { .. } => {
            to_secret(held);
            Effects::none()
        }
    }
}

/// The secret whose delivery waits for this order.
fn waiting(state: &mut State, order: OrderId) -> Option<&mut Held> {
    state.custody.held.as_deref_mut().filter(|held| held.delivering.awaited() == Some(order))
}

pub(super) fn planned(
    state: &mut State,
    order: OrderId,
    result: Result<Shown, Failure>,
) -> Effects {
    let Some(held) = waiting(state, order) else { return Effects::none() };
    let Step::Planning { sink, .. } = &held.delivering.step else { return Effects::none() };
    let step = match result {
        Ok(plan) => Step::Planned { sink: sink.clone(), plan },
        Err(failure) => Step::Failed { failure, target: None },
    };
    held.delivering.go(step);
    Effects::none()
}

pub(super) fn stepped(state: &mut State, order: OrderId, step: operations::Step) -> Effects {
    let Some(held) = waiting(state, order) else { return Effects::none() };
    let Step::UnderWay(under_way) = &mut held.delivering.step else { return Effects::none() };
    match step {
        operations::Step::Delivered(_) => under_way.is_there = true,
        operations::Step::Tested(_, how) => under_way.tested = Some(how),
        _ => {}
    }
    Effects::none()
}

/// What came of it is told wherever its owner went in the meantime, but not over the end of a
/// token that is being taken back.
pub(super) fn delivered(
    state: &mut State,
    order: OrderId,
    result: Result<Delivered, Failure>,
) -> Effects {
    let Some(held) = waiting(state, order) else { return Effects::none() };
    let Step::UnderWay(under_way) = &held.delivering.step else { return Effects::none() };
    let UnderWay { target, is_there, tested, .. } = under_way.clone();
    let step = match result {
        Ok(delivered) => {
            let place = Place::Sink(delivered.target.clone());
            if !held.places.contains(&place) {
                held.places.push(place);
            }
            held.is_tried |= tested.is_some();
            Step::Done { delivered, tested }
        }
        Err(failure) => Step::Failed { failure, target: is_there.then_some(target) },
    };
    held.delivering.go(step);
    if matches!(held.page, Page::Leaving(_)) {
        held.page = Page::Deliver;
    }
    Effects::none()
}

/// Keeps what is shown of the step on the screen.
pub(super) fn fit(state: &mut State) {
    let (len, height) = ui::delivering::extent(state);
    let sinks = state.custody.sinks.len();
    let Some(held) = &mut state.custody.held else { return };
    held.delivering.cursor.fit(sinks, sinks);
    let scroll: &mut Scroll = &mut held.delivering.scroll;
    scroll.fit(len, height);
}
