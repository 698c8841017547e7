//! Who may pass: requests for this machine, with the bearer, whose sign-in holds and who are not asked to slow down.
//! It answers those it turns away and never looks at tokens.

use axum::http::header::{AUTHORIZATION, HOST, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::answer::{self, Refusal, exception};
use super::settings::{SignIn, Throttle};
use super::world::World;

/// The tenant of all organizations.
pub(super) const TENANT: &str = "05f0b08a-e682-4a53-a924-6bd72815be78";

const CHALLENGE: &str = "Bearer authorization_uri=https://login.microsoftonline.com/05f0b08a-e682-4a53-a924-6bd72815be78, \
     Basic realm=\"https://tfsprodweusu4.app.visualstudio.com/\", TFS-Federated";

/// Asks for a token issued after a certain moment; the claims are Base64.
const CLAIMS_CHALLENGE: &str = "Bearer authorization_uri=\"https://login.windows.net/common/oauth2/authorize\", \
     error=\"insufficient_claims\", \
     claims=\"eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZSwidmFsdWUiOiIxNjA0MTA2NjUxIn19fQ==\"";

const SIGN_IN_PAGE: &str =
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

/// What the real service would tell a caller without the bearer; none for the one who has it.
pub(super) fn stranger(world: &World, parts: &Parts) -> Option<Response> {
    let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let header = header.unwrap_or_default();
    let (scheme, credential) = header.split_once(' ').unwrap_or((header, ""));
    if scheme.eq_ignore_ascii_case("bearer") && credential.trim() == world.access_token {
        None
    } else if scheme.eq_ignore_ascii_case("basic") {
        // A PAT, which does not manage PATs.
        let message = "The requested operation is not allowed.";
        let refusal = Refusal::new(StatusCode::UNAUTHORIZED, exception::NO_ACCESS, message);
        Some(challenged(refusal.into_response(), CHALLENGE))
    } else if header.is_empty() {
        Some(unauthorized(
            "TF400813: Resource not available for anonymous access. Client authentication required.",
        ))
    } else {
        Some(unauthorized("TF400813: The user '' is not authorized to access this resource."))
    }
}

/// The answer of a service that lost the sign-in, if it did.
pub(super) fn sign_in(kind: SignIn, owner: uuid::Uuid) -> Option<Response> {
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
        SignIn::Unauthorized401 => {
            unauthorized("TF400813: The user '' is not authorized to access this resource.")
        }
        SignIn::ClaimsChallenge401 => {
            let message = "TF400813: The user '' is not authorized to access this resource.";
            let refusal = Refusal::new(StatusCode::UNAUTHORIZED, exception::UNAUTHORIZED, message);
            challenged(refusal.into_response(), CLAIMS_CHALLENGE)
        }
        SignIn::MissingScope401 => unauthorized(&format!(
            "TF400813: The user '{owner}' is not authorized to access this resource."
        )),
    })
}

fn unauthorized(message: &str) -> Response {
    let refusal = Refusal::new(StatusCode::UNAUTHORIZED, exception::UNAUTHORIZED, message);
    challenged(refusal.into_response(), CHALLENGE)
}

fn challenged(mut response: Response, challenge: &'static str) -> Response {
    response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    answer::set(&mut response, "x-vss-resourcetenant", TENANT);
    answer::set(&mut response, "x-tfs-fedauthrealm", "https://tfsprodweusu4.app.visualstudio.com/");
    answer::set(&mut response, "x-tfs-fedauthissuer", SIGN_IN_PAGE);
    response
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
