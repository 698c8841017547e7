//! The control endpoint: what [`Control`] does, over HTTP. Settings are merged as JSON; whatever is unknown or of the
//! wrong type is refused by name, and then nothing changes.

use std::sync::Arc;

use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::answer::{self, Refusal, exception};
use super::control::Control;
use super::fault::FaultKind;
use super::settings::Settings;
use super::world::World;

const ROOT: &str = "/_control";

/// Whether a path belongs to the control endpoint.
pub(super) fn is_meant(path: &str) -> bool {
    path.strip_prefix(ROOT).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Answers a request to the control endpoint.
pub(super) fn answer(world: &Arc<World>, parts: &Parts, body: &[u8]) -> Response {
    let control = Control { world: Arc::clone(world) };
    let place = parts.uri.path().strip_prefix(ROOT).unwrap_or_default();
    match (&parts.method, place) {
        (&Method::GET, "") => settings(&control),
        (&Method::PATCH, "") => match patch(&control, body) {
            Ok(()) => settings(&control),
            Err(message) => Refusal::malformed(message).into_response(),
        },
        (&Method::GET, "/ledger") => answer::json(StatusCode::OK, &control.ledger()),
        (&Method::GET, "/requests") => {
            let body = json!({ "peak_in_flight": control.peak_in_flight(), "requests": control.requests() });
            answer::json(StatusCode::OK, &body)
        }
        (&Method::DELETE, "/requests") => {
            control.clear_requests();
            answer::empty()
        }
        (&Method::GET, "/entra") => answer::json(StatusCode::OK, &control.entra()),
        (&Method::POST, "/entra/approve" | "/entra/decline" | "/entra/revoke") => {
            match serde_json::from_slice(body) {
                Ok(order) => carry_out(&control, place, &order),
                Err(error) => Refusal::malformed(format!("the body: {error}")).into_response(),
            }
        }
        _ => {
            let message = "There are GET and PATCH /_control, GET /_control/ledger, GET and DELETE /_control/requests, GET /_control/entra, POST \
                           /_control/entra/approve, /decline and /revoke.";
            Refusal::new(StatusCode::NOT_FOUND, exception::NOT_FOUND, message).into_response()
        }
    }
}

/// About a sign-in on another device, or about a person.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Order {
    user_code: String,
    account: Option<String>,
}

fn carry_out(control: &Control, place: &str, order: &Order) -> Response {
    let is_done = match place {
        "/entra/approve" => control.approve_device(&order.user_code, order.account.as_deref()),
        "/entra/decline" => control.decline_device(&order.user_code),
        _ => control.revoke_refresh_tokens(order.account.as_deref().unwrap_or_default()) > 0,
    };
    if is_done {
        answer::empty()
    } else {
        let message = "There is no such thing waiting, or that account may not.";
        Refusal::new(StatusCode::NOT_FOUND, exception::NOT_FOUND, message).into_response()
    }
}

fn settings(control: &Control) -> Response {
    answer::json(StatusCode::OK, &control.settings())
}

fn patch(control: &Control, body: &[u8]) -> Result<(), String> {
    let patch: Value =
        serde_json::from_slice(body).map_err(|error| format!("the body is no JSON: {error}"))?;
    let Value::Object(patch) = patch else { return Err("the body must be an object".to_owned()) };
    let mut rig = control.world.rig();
    let current = serde_json::to_value(rig.settings()).map_err(|error| error.to_string())?;
    let settings = read(&merged(&current, &patch))
        .map_err(|error| blame(&current, &patch).unwrap_or(error))?;
    rig.merge(settings, patch.keys());
    Ok(())
}

fn read(value: &Value) -> Result<Settings, String> {
    let settings: Settings =
        serde_json::from_value(value.clone()).map_err(|error| error.to_string())?;
    check(&settings)?;
    Ok(settings)
}

/// RFC 7386: objects are merged, null resets to the default, all else replaces.
fn merged(current: &Value, patch: &Map<String, Value>) -> Value {
    let mut target = current.as_object().cloned().unwrap_or_default();
    for (key, value) in patch {
        match value {
            Value::Null => {
                target.remove(key);
            }
            Value::Object(inner) => {
                let merged = merged(target.get(key).unwrap_or(&Value::Null), inner);
                target.insert(key.clone(), merged);
            }
            plain => {
                target.insert(key.clone(), plain.clone());
            }
        }
    }
    Value::Object(target)
}

/// Names the first key that is refused when it is merged alone.
fn blame(current: &Value, patch: &Map<String, Value>) -> Option<String> {
    let alone = |key: &String, value: &Value| Map::from_iter([(key.clone(), value.clone())]);
    for (key, value) in patch {
        let inner = value.as_object().into_iter().flatten();
        for (below, value) in inner {
            let one = alone(key, &Value::Object(alone(below, value)));
            if let Err(error) = read(&merged(current, &one)) {
                return Some(format!("{key}.{below}: {error}"));
            }
        }
        if let Err(error) = read(&merged(current, &alone(key, value))) {
            return Some(format!("{key}: {error}"));
        }
    }
    None
}

/// What types alone cannot tell.
fn check(settings: &Settings) -> Result<(), String> {
    if ![429, 503].contains(&settings.throttle.status) {
        return Err("throttle.status must be 429 or 503".to_owned());
    }
    for fault in &settings.faults {
        if fault.probability.is_some_and(|chance| !(0.0..=1.0).contains(&chance)) {
            return Err("faults.probability must be from 0 to 1".to_owned());
        }
        match &fault.kind {
            FaultKind::Status(status) if !(200..600).contains(status) => {
                return Err("faults.kind.status must be from 200 to 599".to_owned());
            }
            FaultKind::Redirect { status, .. } if ![301, 302, 303, 307, 308].contains(status) => {
                return Err(
                    "faults.kind.redirect.status must be 301, 302, 303, 307 or 308".to_owned()
                );
            }
            _ => {}
        }
    }
    Ok(())
}
