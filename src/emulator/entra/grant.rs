//! The tokens that a grant is worth, issued and written down.

use axum::http::StatusCode;
use axum::response::Response;
use chrono::TimeDelta;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::directory::Member;
use super::jwt::Ticket;
use super::store::{Access, Consent, Refresh, RefreshState};
use crate::emulator::answer;
use crate::emulator::world::World;

/// Gives somebody's tokens for one tenant to an application.
pub(super) fn issue(world: &World, member: &Member, tenant: Uuid, consent: &Consent) -> Response {
    let entra = world.rig().settings().entra.clone();
    let now = world.now();
    let expires = now + TimeDelta::seconds(entra.access_token_lifetime.into());
    let ticket = Ticket { base: &world.base, member, tenant, consent, now, expires };
    let token = ticket.access_token();
    let scopes = &consent.scopes;
    let mut body: Map<String, Value> = Map::new();
    let mut add = |name: &str, value: Value| body.insert(name.to_owned(), value);
    add("token_type", "Bearer".into());
    add("scope", scopes.granted().into());
    add("expires_in", entra.access_token_lifetime.into());
    add("ext_expires_in", entra.access_token_lifetime.into());
    add("access_token", token.clone().into());
    let access = Access {
        username: member.username.clone(),
        oid: member.oid(tenant),
        tenant,
        permissions: scopes.permissions.clone(),
        claims: consent.claims.clone(),
        expires,
    };
    let mut store = world.entra();
    store.add_access(&token, access);
    if scopes.offline {
        let refresh = Refresh {
            username: member.username.clone(),
            // Claims are asked for anew each time, and only the first id token answers a nonce.
            consent: Consent { claims: None, nonce: None, ..consent.clone() },
            expires: now + TimeDelta::seconds(entra.refresh_token_lifetime.into()),
            state: RefreshState::Fresh,
        };
        add("refresh_token", store.add_refresh(refresh).into());
    }
    drop(store);
    let id_token = scopes.openid.then(|| ticket.id_token(entra.id_token)).flatten();
    if let Some(id_token) = id_token {
        add("id_token", id_token.into());
    }
    let mut response = answer::json(StatusCode::OK, &body);
    answer::set(&mut response, "cache-control", "no-store, no-cache");
    answer::set(&mut response, "pragma", "no-cache");
    response
}
