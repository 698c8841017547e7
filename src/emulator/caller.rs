//! Who asks, by the bearer of the request, and whether that person may: the bearer of the ready line is good for
//! everything, those of Entra ID for what they were issued for.

use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use uuid::Uuid;

use super::answer::{Refusal, exception};
use super::call::Call;
use super::entra::{Access, Directory};
use super::gate;
use super::world::World;

/// Whoever sent a request.
pub(super) enum Caller {
    /// Without a credential.
    Nobody,
    /// With one that is not known, or not good any more.
    Stranger,
    /// With a PAT or what may be one, which does not manage PATs.
    Pat(String),
    /// With the bearer of the ready line.
    Trusted,
    /// With a token of Entra ID.
    SignedIn(Access),
}

impl Caller {
    pub(super) fn read(world: &World, parts: &Parts) -> Self {
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let header = header.unwrap_or_default();
        let (scheme, credential) = header.split_once(' ').unwrap_or((header, ""));
        if header.is_empty() {
            return Self::Nobody;
        } else if scheme.eq_ignore_ascii_case("basic") {
            return Self::Pat(password(credential).unwrap_or_default());
        } else if !scheme.eq_ignore_ascii_case("bearer") {
            return Self::Stranger;
        } else if credential.trim() == world.access_token {
            return Self::Trusted;
        }
        let now = world.now();
        let access = world.entra().access(credential.trim()).cloned();
        let access = access.filter(|access| access.expires > now);
        access.map_or(Self::Stranger, Self::SignedIn)
    }

    /// The answer to somebody who is not known at all; none for the others.
    pub(super) fn stranger(&self, world: &World, organization: &str) -> Option<Response> {
        match self {
            Self::Trusted | Self::SignedIn(_) => None,
            Self::Pat(_) => {
                let message = "The requested operation is not allowed.";
                let refusal = Refusal::new(StatusCode::UNAUTHORIZED, exception::NO_ACCESS, message);
                Some(gate::challenged(world, organization, refusal))
            }
            Self::Nobody => {
                let message = "TF400813: Resource not available for anonymous access. Client authentication required.";
                Some(gate::unauthorized(world, organization, message))
            }
            Self::Stranger => Some(unknown(world, organization)),
        }
    }

    /// The answer to somebody who may not do this; none for the others.
    pub(super) fn refused(&self, world: &World, call: &Call) -> Option<Response> {
        let organization = call.organization.as_str();
        let Self::SignedIn(access) = self else { return self.stranger(world, organization) };
        let directory = Directory::of(world);
        let home = directory.tenant(organization);
        if home.is_some_and(|home| home != access.tenant) {
            return Some(unknown(world, organization));
        }
        let has = |permission: &str| access.permissions.iter().any(|known| known == permission);
        let may = if call.operation.is_pat() {
            has("vso.pats") && has("vso.pats_manage")
        } else {
            has("vso.profile")
        };
        let may = (may || has("user_impersonation")) && directory.is_owner(&access.username);
        (!may).then(|| gate::no_permission(world, organization, access.oid))
    }

    /// The tenant in which the caller signed in; none for the bearer of the ready line.
    pub(super) fn tenant(&self) -> Option<Uuid> {
        if let Self::SignedIn(access) = self { Some(access.tenant) } else { None }
    }

    /// The claims with which the bearer was obtained.
    pub(super) fn claims(&self) -> Option<&str> {
        if let Self::SignedIn(access) = self { access.claims.as_deref() } else { None }
    }
}

/// The part behind the colon; Azure DevOps does not look at the name before it.
fn password(credential: &str) -> Option<String> {
    let text = STANDARD.decode(credential.trim()).ok()?;
    let text = String::from_utf8(text).ok()?;
    text.split_once(':').map(|(_, password)| password.to_owned())
}

fn unknown(world: &World, organization: &str) -> Response {
    let message = "TF400813: The user '' is not authorized to access this resource.";
    gate::unauthorized(world, organization, message)
}
