//! `openid-configuration`: where the endpoints of a tenant are.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::denial::Denial;
use super::directory::{Authority, Directory};
use crate::emulator::answer;
use crate::emulator::world::World;

/// Describes the tenant that stands in the path.
pub(super) fn answer(world: &World, segment: &str) -> Response {
    let issuer = match Directory::of(world).authority(segment) {
        Ok(Authority::Tenant(tenant)) => tenant.to_string(),
        Ok(Authority::Home) => "{tenantid}".to_owned(),
        Err(denial) => {
            let text = format!("Tenant '{segment}' not found.");
            return Denial::named(denial.code, "invalid_tenant", &text).json(world);
        }
    };
    let base = &world.base;
    let endpoints = format!("{base}/{segment}/oauth2/v2.0");
    let body = json!({
        "issuer": format!("{base}/{issuer}/v2.0"),
        "authorization_endpoint": format!("{endpoints}/authorize"),
        "token_endpoint": format!("{endpoints}/token"),
        "device_authorization_endpoint": format!("{endpoints}/devicecode"),
        "jwks_uri": format!("{base}/{segment}/discovery/v2.0/keys"),
        "token_endpoint_auth_methods_supported": ["none"],
        "response_modes_supported": ["query"],
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": [
            "sub", "iss", "aud", "exp", "iat", "nonce", "preferred_username", "name", "tid", "ver",
        ],
        "tenant_region_scope": null,
    });
    answer::json(StatusCode::OK, &body)
}
