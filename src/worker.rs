//! Carries out effects and tells events. The only module that starts tasks; it knows nothing of
//! the state and gets all it needs inside the order.

#![warn(clippy::wildcard_enum_match_arm)]

mod delivering;
mod making;
mod secret_file;
mod service;
mod turns;

use std::{collections::HashMap, sync::Arc};

use tokio::{
    sync::mpsc,
    task::{Id, JoinError, JoinSet},
};

use crate::{
    config::{SinkSettings, Source},
    effect::Effect,
    event::Event,
    failure::{Failure, FailureKind},
};
use service::Service;

/// Runs until `orders` closes; what still runs then is ended with it.
pub async fn run(
    source: Source,
    sinks: Vec<SinkSettings>,
    mut orders: mpsc::Receiver<Effect>,
    events: mpsc::Sender<Event>,
) {
    let service = Arc::new(Service::new(source, sinks, events.clone()));
    let mut tasks = JoinSet::new();
    // What to tell about an order whose task ended without a word.
    let mut last_words: HashMap<Id, Event> = HashMap::new();
    loop {
        tokio::select! {
            order = orders.recv() => {
                let Some(effect) = order else { break };
                let words = lost(&effect);
                // Tasks overtake each other; whose turn it is follows the orders.
                let turn = service.turn(&effect);
                let (service, events) = (Arc::clone(&service), events.clone());
                let task = tasks.spawn(async move {
                    let event = match turn {
                        Some(turn) => turn.or_over(service.perform(effect)).await.flatten(),
                        None => service.perform(effect).await,
                    };
                    if let Some(event) = event {
                        // A closed channel means that the program ends; nobody is left to tell.
                        events.send(event).await.ok();
                    }
                });
                if let Some(words) = words {
                    last_words.insert(task.id(), words);
                }
            }
            Some(ended) = tasks.join_next_with_id(), if !tasks.is_empty() => {
                if let Some(event) = unsaid(ended, &mut last_words) {
                    let events = events.clone();
                    tasks.spawn(async move { drop(events.send(event).await) });
                }
            }
        }
    }
}

/// The event of a task that panicked or was cancelled before it told anything.
fn unsaid(
    ended: Result<(Id, ()), JoinError>,
    last_words: &mut HashMap<Id, Event>,
) -> Option<Event> {
    match ended {
        Ok((id, ())) => {
            last_words.remove(&id);
            None
        }
        Err(error) => last_words.remove(&error.id()),
    }
}

/// The failure to tell when the task of an order dies.
fn lost(effect: &Effect) -> Option<Event> {
    let failure = |attempt: &str| {
        let why = "a part of azpat stopped working; this is a defect of azpat";
        Failure::new(FailureKind::Unconfirmed, attempt, why).hint("r reads the lists again")
    };
    match effect {
        Effect::Connect { order, .. } | Effect::ConnectDemo { order } => {
            let result = Box::new(Err(failure("connect")));
            Some(Event::Connected { order: *order, result })
        }
        Effect::List { order, .. } => Some(Event::Listed { order: *order }),
        Effect::Create { order, .. } => Some(Event::Created {
            order: *order,
            result: Box::new(Err(failure("create the token"))),
        }),
        Effect::Edit { order, .. } => Some(Event::Edited {
            order: *order,
            result: Box::new(Err(failure("change the token"))),
        }),
        Effect::SaveSecret { order, .. } => {
            Some(Event::SecretSaved { order: *order, result: Err(failure("save the secret")) })
        }
        Effect::PlanDelivery { order, .. } => {
            let result = Err(failure("find out what delivering would do"));
            Some(Event::DeliveryPlanned { order: *order, result })
        }
        Effect::Deliver { order, .. } => {
            Some(Event::Delivered { order: *order, result: Err(failure("deliver the secret")) })
        }
        Effect::Extend { order, .. } => Some(Event::Extended {
            order: *order,
            result: Box::new(Err(failure("extend the token"))),
        }),
        Effect::Revoke { order, .. } => {
            Some(Event::Revoked { order: *order, result: Err(failure("revoke the token")) })
        }
        Effect::ReadLog => {
            let failure = failure("read the log of changes");
            Some(Event::LogRead(Err(Failure { hint: None, ..failure })))
        }
        Effect::Copy { what, .. } => Some(Event::Copied { what, result: Err(failure("copy")) }),
        Effect::CopySecret { way, .. } => {
            Some(Event::SecretCopied { way: *way, result: Err(failure("copy the secret")) })
        }
        Effect::ClearClipboard { .. } => Some(Event::ClipboardCleared),
        Effect::OpenPage { url } => {
            Some(Event::PageOpened { url: url.clone(), result: Err(failure("open the browser")) })
        }
        Effect::SignOut { account } => {
            Some(Event::SignedOut { account: *account, result: Err(failure("sign out")) })
        }
        Effect::Rotate { order, .. } => Some(Event::Created {
            order: *order,
            result: Box::new(Err(failure("rotate the token"))),
        }),
        Effect::ReadItems { order } => {
            let result = Err(failure("look at what was left behind"));
            Some(Event::ItemsRead { order: *order, result })
        }
        Effect::GoOn { order, .. } => {
            Some(Event::WentOn { order: *order, result: Err(failure("end the item")) })
        }
        Effect::LeaveSecret => Some(Event::SecretLeft(Err(failure("let the secret go")))),
        Effect::LeaveSignIn | Effect::Suspend | Effect::Quit => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        audit::Log,
        effect::{OrderId, SignIn},
        pat::limit::Limits,
    };

    async fn first_connected(events: &mut mpsc::Receiver<Event>) -> (OrderId, bool) {
        loop {
            if let Event::Connected { order, result } = events.recv().await.unwrap() {
                return (order, result.is_ok());
            }
        }
    }

    #[tokio::test]
    async fn what_is_remembered_is_told_before_the_connection() {
        let (orders, inbox) = mpsc::channel(9);
        let (outbox, mut events) = mpsc::channel(99);
        let connect = Effect::Connect { order: OrderId(1), wanted: SignIn::default() };
        orders.send(connect).await.unwrap();
        let source = Source::Demo { organizations: Vec::new(), signed_out: false };
        let told = async {
            let told = events.recv().await;
            drop(orders);
            told
        };
        let ((), told) = tokio::join!(run(source, Vec::new(), inbox, outbox), told);
        assert_eq!(told, Some(Event::LimitsRead(Ok(Limits::default()))));
    }

    async fn log_read(events: &mut mpsc::Receiver<Event>) -> Result<Log, Failure> {
        loop {
            if let Event::LogRead(log) = events.recv().await.unwrap() {
                return log;
            }
        }
    }

    #[tokio::test]
    async fn the_log_of_changes_is_that_of_the_place_one_is_connected_to() {
        let (orders, inbox) = mpsc::channel(9);
        let (outbox, mut events) = mpsc::channel(99);
        let connect = Effect::Connect { order: OrderId(1), wanted: SignIn::default() };
        let source = Source::Demo { organizations: Vec::new(), signed_out: false };
        let told = async {
            orders.send(Effect::ReadLog).await.unwrap();
            let early = log_read(&mut events).await;
            orders.send(connect).await.unwrap();
            first_connected(&mut events).await;
            orders.send(Effect::ReadLog).await.unwrap();
            let log = log_read(&mut events).await;
            drop(orders);
            (early, log)
        };
        let ((), (early, log)) = tokio::join!(run(source, Vec::new(), inbox, outbox), told);
        assert_eq!(early.unwrap_err().why, "there is no connection yet");
        assert_eq!(log.unwrap().lines, 0);
    }

    #[tokio::test]
    async fn whoever_leaves_and_connects_again_is_connected_again() {
        let (orders, inbox) = mpsc::channel(9);
        let (outbox, mut events) = mpsc::channel(99);
        let connect =
            |number| Effect::Connect { order: OrderId(number), wanted: SignIn::default() };
        for order in [connect(1), Effect::LeaveSignIn, connect(2), connect(3)] {
            orders.send(order).await.unwrap();
        }
        let source = Source::Demo { organizations: Vec::new(), signed_out: false };
        let connected = async {
            let connected = first_connected(&mut events).await;
            drop(orders);
            connected
        };
        let ((), connected) = tokio::join!(run(source, Vec::new(), inbox, outbox), connected);
        assert_eq!(connected, (OrderId(3), true));
    }
}
