//! The front door of an organization: who comes without a bearer is told its tenant, which is how a client finds out.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::answer::{self, Refusal};
use super::gate;
use super::service::{Exchange, no_organization};
use super::world::World;

/// Answers a request for the start page or for `connectiondata`.
pub(super) fn answer(world: &World, exchange: &Exchange) -> Result<Response, Refusal> {
    let call = &exchange.call;
    let (owner, known) = {
        let ledger = world.ledger();
        let place = ledger.organization(&call.organization);
        (ledger.owner.clone(), place.and_then(|place| ledger.organizations.get(place).cloned()))
    };
    let organization = known.ok_or_else(|| no_organization(call))?;
    let Some(mut refused) = exchange.caller.stranger(world, &organization.name) else {
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
