//! The front door of an organization: who comes without a bearer is told its tenant, which is how a client finds out;
//! who comes with a PAT is told whose it is, while it opens anything.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::answer::{self, Refusal};
use super::caller::Caller;
use super::gate;
use super::service::{Exchange, no_organization};
use super::world::World;

/// Answers a request for the start page or for `connectiondata`.
pub(super) fn answer(world: &World, exchange: &Exchange) -> Result<Response, Refusal> {
    let call = &exchange.call;
    let now = world.now();
    let (owner, known, is_open) = {
        let ledger = world.ledger();
        let place = ledger.organization(&call.organization);
        let is_open = match (place, &exchange.caller) {
            (Some(place), Caller::Pat(secret)) => ledger.opened_by(place, secret, now).is_some(),
            _ => false,
        };
        let known = place.and_then(|place| ledger.organizations.get(place).cloned());
        (ledger.owner.clone(), known, is_open)
    };
    let organization = known.ok_or_else(|| no_organization(call))?;
    let refused = exchange.caller.stranger(world, &organization.name).filter(|_| !is_open);
    let Some(mut refused) = refused else {
        let user = json!({ "id": owner.id, "providerDisplayName": owner.name });
        let body = json!({
            "authenticatedUser": user,
            "authorizedUser": user,
            "instanceId": organization.id,
            "deploymentType": "hosted",
        });
        return Ok(answer::json(StatusCode::OK, &body));
    };
    let wish = exchange.headers.get("x-tfs-fedauthredirect").and_then(|value| value.to_str().ok());
    if wish.is_none_or(|wish| !wish.eq_ignore_ascii_case("suppress")) {
        // Browsers are sent to the sign-in, with the same challenge for those who know better.
        refused = answer::html(StatusCode::FOUND, "Object moved", "<h2>Object moved</h2>");
        gate::challenge(world, &organization.name, &mut refused);
        answer::set(&mut refused, "location", gate::SIGN_IN_PAGE);
    }
    Ok(refused)
}
