//! How requests are turned away: those for another machine, those whose sign-in does not hold, with the challenge that
//! says where to sign in, and those that are asked to slow down. It never looks at tokens.

use axum::http::StatusCode;
use axum::http::header::HOST;
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use uuid::Uuid;

use super::answer::{self, Refusal, exception};
use super::caller::Caller;
use super::entra::Directory;
use super::settings::{SignIn, Throttle};
use super::world::World;

/// Asks for a token issued after a certain moment; the claims are Base64.
const CLAIMS_CHALLENGE: &str = "Bearer authorization_uri=\"https://login.windows.net/common/oauth2/authorize\", \
     error=\"insufficient_claims\", \
     claims=\"eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZSwidmFsdWUiOiIxNjA0MTA2NjUxIn19fQ==\"";

const REALM: &str = "https://tfsprodweusu4.app.visualstudio.com/";

pub(super) const SIGN_IN_PAGE: &str =
    "https://spsprodsin2.vssps.visualstudio.com/_signin?realm=vssps.dev.azure.com";

/// Refuses names that only resolve to this machine: a page in a browser must not get at the emulator by rebinding.
pub(super) fn check_host(parts: &Parts) -> Result<(), Refusal> {
    let header = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
    let named = header.and_then(|host| host.parse::<Authority>().ok());
    let target = parts.uri.authority();
    if named.as_ref().is_some_and(is_loopback) && target.is_none_or(is_loopback) {
        return Ok(());
    }
    let message = "The emulator answers only to 127.0.0.1 and localhost.";
    Err(Refusal::new(StatusCode::MISDIRECTED_REQUEST, exception::SERVICE, message))
}

fn is_loopback(authority: &Authority) -> bool {
    // Whatever stands before an `@` is no host.
    ["127.0.0.1", "localhost", "[::1]"]
        .iter()
        .any(|host| authority.host().eq_ignore_ascii_case(host))
}

/// The answer of a service that lost the sign-in, if it did.
pub(super) fn sign_in(
    world: &World,
    kind: SignIn,
    organization: &str,
    caller: &Caller,
) -> Option<Response> {
    const TITLE: &str = "Azure DevOps Services | Sign In";
    let sign_in_page = format!("<a href=\"{SIGN_IN_PAGE}\">Sign in to your account</a>");
    Some(match kind {
        SignIn::Normal => return None,
        SignIn::Html203 => {
            answer::html(StatusCode::NON_AUTHORITATIVE_INFORMATION, TITLE, &sign_in_page)
        }
        SignIn::Html200 => answer::html(StatusCode::OK, TITLE, &sign_in_page),
        SignIn::Redirect302 => {
            let text = format!("<h2>Object moved to <a href=\"{SIGN_IN_PAGE}\">here</a>.</h2>");
            let mut response = answer::html(StatusCode::FOUND, "Object moved", &text);
            answer::set(&mut response, "location", SIGN_IN_PAGE);
            response
        }
        SignIn::Html403 => {
            let text = "<h1>403 - Forbidden: Access is denied.</h1>";
            answer::html(StatusCode::FORBIDDEN, "Access Denied: TF400813", text)
        }
        SignIn::Unauthorized401 => unauthorized(
            world,
            organization,
            "TF400813: The user '' is not authorized to access this resource.",
        ),
        SignIn::ClaimsChallenge401 if caller.claims().is_some_and(is_what_was_asked) => {
            return None;
        }
        SignIn::ClaimsChallenge401 => {
            let message = "TF400813: The user '' is not authorized to access this resource.";
            let refusal = Refusal::new(StatusCode::UNAUTHORIZED, exception::UNAUTHORIZED, message);
            let mut response = challenged(world, organization, refusal);
            answer::set(&mut response, "www-authenticate", CLAIMS_CHALLENGE);
            response
        }
        SignIn::MissingScope401 => {
            let owner = world.ledger().owner.id;
            no_permission(world, organization, owner)
        }
    })
}

/// Whether the claims of a token are those of the challenge; a client may add its own.
fn is_what_was_asked(claims: &str) -> bool {
    let claims: Value = serde_json::from_str(claims).unwrap_or_default();
    claims.pointer("/access_token/nbf/value").and_then(Value::as_str) == Some("1604106651")
}

/// Somebody known, who may not do this.
pub(super) fn no_permission(world: &World, organization: &str, user: Uuid) -> Response {
    let message = format!("TF400813: The user '{user}' is not authorized to access this resource.");
    unauthorized(world, organization, &message)
}

/// Nobody known.
pub(super) fn unauthorized(world: &World, organization: &str, message: &str) -> Response {
    let refusal = Refusal::new(StatusCode::UNAUTHORIZED, exception::UNAUTHORIZED, message);
    challenged(world, organization, refusal)
}

/// A refusal that says where to sign in: in the tenant of the organization, or in any.
pub(super) fn challenged(world: &World, organization: &str, refusal: Refusal) -> Response {
    let mut response = refusal.into_response();
    challenge(world, organization, &mut response);
    response
}

/// Puts on the headers that say where to sign in.
pub(super) fn challenge(world: &World, organization: &str, response: &mut Response) {
    let tenant = Directory::of(world).tenant(organization);
    if let Some(tenant) = tenant {
        answer::set(response, "x-vss-resourcetenant", &tenant.to_string());
    }
    let authority = tenant.map_or_else(|| "common".to_owned(), |tenant| tenant.to_string());
    let challenge = if tenant.is_some_and(|tenant| tenant.is_nil()) {
        "Bearer".to_owned()
    } else {
        format!(
            "Bearer authorization_uri={}/{authority}, Basic realm=\"{REALM}\", TFS-Federated",
            world.base
        )
    };
    answer::set(response, "www-authenticate", &challenge);
    answer::set(response, "x-tfs-fedauthrealm", REALM);
    answer::set(response, "x-tfs-fedauthissuer", SIGN_IN_PAGE);
}

/// Turns a request away because there were too many.
pub(super) fn blocked(throttle: &Throttle, now: i64) -> Response {
    let status = StatusCode::from_u16(throttle.status).unwrap_or(StatusCode::TOO_MANY_REQUESTS);
    let message = "TF400733: The request has been canceled: Request was blocked due to exceeding usage of resource \
         Concurrency in namespace User.";
    let exception = "Microsoft.TeamFoundation.Framework.Server.RequestBlockedException";
    let mut response = Refusal::new(status, exception, message).into_response();
    warn(&mut response, throttle, now);
    response
}

/// Puts on the headers that count down to the limit.
pub(super) fn warn(response: &mut Response, throttle: &Throttle, now: i64) {
    if let Some(wait) = &throttle.retry_after {
        answer::set(response, "retry-after", wait);
    }
    if throttle.delay_ms > 0 {
        let (seconds, rest) = (throttle.delay_ms / 1000, throttle.delay_ms % 1000);
        answer::set(response, "x-ratelimit-delay", &format!("{seconds}.{rest:03}"));
    }
    answer::set(response, "x-ratelimit-resource", "Services/AccountTokenStorage");
    answer::set(response, "x-ratelimit-limit", "200");
    answer::set(response, "x-ratelimit-remaining", "0");
    answer::set(response, "x-ratelimit-reset", &now.saturating_add(300).to_string());
}
