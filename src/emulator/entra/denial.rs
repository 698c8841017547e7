//! Why Entra ID refuses, and the three ways to say it: as JSON, to the application through the browser, or on a page.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;
use url::Url;
use uuid::Uuid;

use super::page;
use super::settings::NextError;
use crate::emulator::answer;
use crate::emulator::world::{World, random_id};

/// A refusal.
#[derive(Debug)]
pub(crate) struct Denial {
    pub(super) code: u32,
    error: String,
    text: String,
    page: bool,
}

/// One row of what is known: number, `error`, text.
type Known = (u32, &'static str, &'static str);

const MFA: &str = "interaction_required";
const BLOCKED: &str = "interaction_required";
const GRANT: &str = "invalid_grant";
const REQUEST: &str = "invalid_request";
const CLIENT: &str = "invalid_client";
const APPLICATION: &str = "unauthorized_client";

const KNOWN: &[Known] = &[
    (
        16000,
        MFA,
        "The user account does not exist in the tenant and cannot access the application in that tenant.",
    ),
    (28002, REQUEST, "The provided value for the input parameter 'scope' is not valid."),
    (28003, REQUEST, "The provided value for the input parameter 'scope' cannot be empty."),
    (
        50005,
        MFA,
        "The user tried to sign in from a platform that is not supported through Conditional Access.",
    ),
    (
        50011,
        CLIENT,
        "The redirect URI specified in the request does not match the redirect URIs configured for the application.",
    ),
    (50020, GRANT, "The user account from the identity provider does not exist in the tenant."),
    (50034, GRANT, "The user account does not exist in the directory."),
    (
        50053,
        GRANT,
        "The account is locked because the user tried to sign in too many times with an incorrect user ID or password.",
    ),
    (50055, GRANT, "The password is expired."),
    (50057, GRANT, "The user account is disabled."),
    (50058, "login_required", "Session information is not sufficient for single sign-on."),
    (
        50059,
        REQUEST,
        "No tenant-identifying information was found in either the request or implied by any provided credentials.",
    ),
    (50072, MFA, "The user needs to enroll for multi-factor authentication."),
    (50074, MFA, "Strong authentication is required, and the user did not pass the challenge."),
    (
        50076,
        MFA,
        "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication.",
    ),
    (
        50078,
        MFA,
        "Presented multi-factor authentication has expired due to policies configured by your administrator.",
    ),
    (
        50079,
        MFA,
        "Due to a configuration change made by your administrator, the user must enroll in multi-factor authentication.",
    ),
    (50097, BLOCKED, "Device authentication is required."),
    (
        50105,
        "access_denied",
        "Your administrator has configured the application to block users unless they are specifically granted access to it.",
    ),
    (
        50131,
        BLOCKED,
        "The device is not in the required state, or the sign-in was blocked because of suspicious activity.",
    ),
    (
        50132,
        GRANT,
        "The session is not valid, because the password has expired or was recently changed.",
    ),
    (
        50133,
        GRANT,
        "The session is not valid due to password expiration or recent password change.",
    ),
    (50134, GRANT, "A wrong data center was used for the device code."),
    (50147, REQUEST, "The code_challenge parameter is missing."),
    (50158, MFA, "An external security challenge was not satisfied."),
    (
        50173,
        GRANT,
        "The provided grant has expired due to it being revoked, a fresh auth token is needed.",
    ),
    (50194, REQUEST, "The application is not configured as a multi-tenant application."),
    (
        50196,
        GRANT,
        "The server terminated an operation because it encountered a client request loop.",
    ),
    (51004, GRANT, "The user account does not exist in the directory of the tenant."),
    (53000, BLOCKED, "The device is not in the required device state: compliant."),
    (53001, BLOCKED, "The device is not in the required device state: domain joined."),
    (53002, BLOCKED, "The application used is not an approved application for Conditional Access."),
    (53003, BLOCKED, "Access has been blocked by Conditional Access policies."),
    (
        53004,
        BLOCKED,
        "The user must complete the multi-factor authentication registration process before accessing this content.",
    ),
    (
        54005,
        GRANT,
        "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.",
    ),
    (65001, GRANT, "The user or administrator has not consented to use the application."),
    (
        65002,
        CLIENT,
        "Consent between first party application and first party resource must be configured via preauthorization.",
    ),
    (65004, "access_denied", "The resource owner or authorization server denied the request."),
    (70000, GRANT, "The provided grant is invalid or malformed."),
    (70001, APPLICATION, "The application is disabled or was not found in the directory."),
    (70003, "unsupported_grant_type", "The app requested an unsupported grant type."),
    (70007, REQUEST, "The 'response_mode' is not supported for this request."),
    (
        70008,
        GRANT,
        "The provided authorization code or refresh token has expired due to inactivity.",
    ),
    (70011, "invalid_scope", "The provided value for the input parameter 'scope' is not valid."),
    (70016, "authorization_pending", "Pending end-user authorization."),
    (70018, "bad_verification_code", "The verification code is not valid."),
    (70019, "expired_token", "The verification code has expired."),
    (
        70043,
        GRANT,
        "The refresh token has expired or is invalid due to sign-in frequency checks by Conditional Access.",
    ),
    (90002, REQUEST, "The tenant was not found."),
    (
        90008,
        REQUEST,
        "The user or administrator has not consented to use the application: it must require at least the permission to sign in.",
    ),
    (90019, REQUEST, "No tenant-identifying information found in the request."),
    (90023, REQUEST, "The request is not valid."),
    (
        90072,
        GRANT,
        "The user account does not exist in the tenant. The account needs to be added as an external user first.",
    ),
    (
        90094,
        "consent_required",
        "An administrator must grant the permissions that the application asks for.",
    ),
    (
        90095,
        "consent_required",
        "An administrator must grant the permissions; the user may request their approval.",
    ),
    (90124, REQUEST, "The resource is not supported over the /common or /consumers endpoints."),
    (90130, REQUEST, "The application is not supported over the /common or /consumers endpoints."),
    (
        500_011,
        "invalid_resource",
        "The resource principal named https://app.vssps.visualstudio.com was not found in the tenant.",
    ),
    (500_021, "access_denied", "Access to the tenant is denied by a tenant restriction."),
    (
        500_112,
        GRANT,
        "The reply address does not match the reply address provided when requesting the authorization code.",
    ),
    (
        500_212,
        "access_denied",
        "The user's administrator has set an outbound access policy that does not allow access to the resource tenant.",
    ),
    (
        500_213,
        "access_denied",
        "The resource tenant's cross-tenant access policy does not allow this user to access this tenant.",
    ),
    (
        501_481,
        GRANT,
        "The code_verifier does not match the code_challenge supplied in the authorization request.",
    ),
    (501_491, REQUEST, "The code_challenge or its method is not valid."),
    (530_032, BLOCKED, "Access has been blocked by a security policy of the tenant."),
    (
        650_052,
        "invalid_resource",
        "The app is trying to access a service that your organization lacks a service principal for.",
    ),
    (
        650_057,
        "invalid_resource",
        "The client has requested access to a resource which is not listed in the requested permissions in the client's application registration.",
    ),
    (
        700_005,
        GRANT,
        "The provided authorization code is intended to be used against another tenant.",
    ),
    (700_011, APPLICATION, "The application was not found in the directory."),
    (700_016, APPLICATION, "The application was not found in the directory of the tenant."),
    (
        700_022,
        REQUEST,
        "The provided value for the input parameter 'scope' contains more than one resource.",
    ),
    (
        700_025,
        CLIENT,
        "The client is public, so neither 'client_assertion' nor 'client_secret' should be presented.",
    ),
    (700_054, "unsupported_response_type", "The response_type is not enabled for the application."),
    (700_082, GRANT, "The refresh token has expired due to inactivity."),
    (900_144, REQUEST, "The request body must contain a parameter that is missing."),
    (900_561, REQUEST, "The endpoint only accepts POST requests."),
    (900_971, REQUEST, "No reply address provided."),
    (7_000_112, APPLICATION, "The application is disabled."),
    (
        7_000_218,
        CLIENT,
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    ),
    (
        9_002_332,
        REQUEST,
        "The application is configured for use by Microsoft Entra users only. Do not use the /consumers endpoint.",
    ),
];

/// What Entra never tells an application: that it, its address or its tenant is wrong.
const ON_A_PAGE: [u32; 10] =
    [50011, 50059, 90002, 90019, 900_971, 70001, 700_011, 700_016, 7_000_112, 9_002_332];

/// Multi-factor authentication and Conditional Access: the answer names claims to come back with.
const WITH_CLAIMS: [u32; 16] = [
    50005, 50072, 50074, 50076, 50078, 50079, 50097, 50131, 50158, 53000, 53001, 53002, 53003,
    53004, 530_032, 70043,
];

impl Denial {
    pub(super) fn of(code: u32) -> Self {
        let known = KNOWN.iter().find(|(number, ..)| *number == code);
        let (error, text) = known.map_or((GRANT, "The request was refused."), |row| (row.1, row.2));
        let page = ON_A_PAGE.contains(&code);
        Self { code, error: error.to_owned(), text: text.to_owned(), page }
    }

    pub(super) fn saying(code: u32, text: String) -> Self {
        Self { text, ..Self::of(code) }
    }

    /// The same code under another `error`.
    pub(super) fn named(code: u32, error: &str, text: &str) -> Self {
        Self { error: error.to_owned(), text: text.to_owned(), ..Self::of(code) }
    }

    /// The refusal that was ordered.
    pub(super) fn ordered(order: &NextError) -> Self {
        let usual = Self::of(order.code);
        Self {
            error: order.error.clone().unwrap_or(usual.error),
            page: order.page.unwrap_or(usual.page),
            ..usual
        }
    }

    /// The same, kept in the browser.
    pub(super) fn on_a_page(self) -> Self {
        Self { page: true, ..self }
    }

    /// Whether it stays in the browser instead of going to the application.
    pub(super) fn is_for_the_page(&self) -> bool {
        self.page
    }

    /// As the endpoints without a browser say it.
    pub(super) fn json(&self, world: &World) -> Response {
        let (trace, correlation) = (random_id(), random_id());
        let timestamp = world.now().format("%Y-%m-%d %H:%M:%SZ").to_string();
        let mut body = json!({
            "error": self.error,
            "error_description": self.description(&timestamp, trace, correlation),
            "error_codes": [self.code],
            "timestamp": timestamp,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": format!("{}/error?code={}", world.base, self.code),
        });
        if let (Some(suberror), Some(body)) = (self.suberror(), body.as_object_mut()) {
            body.insert("suberror".to_owned(), suberror.into());
        }
        if let (Some(claims), Some(body)) = (self.claims(), body.as_object_mut()) {
            body.insert("claims".to_owned(), claims.into());
        }
        let is_client = self.error == CLIENT;
        let status = if is_client { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
        let mut response = answer::json(status, &body);
        answer::set(&mut response, "x-ms-request-id", &trace.to_string());
        response
    }

    /// To the application, through the browser.
    pub(super) fn redirect(&self, world: &World, to: &Url, state: Option<&str>) -> Response {
        let timestamp = world.now().format("%Y-%m-%d %H:%M:%SZ").to_string();
        let description = self.description(&timestamp, random_id(), random_id());
        let mut fields = vec![("error", self.error.as_str()), ("error_description", &description)];
        if self.code == 65004 {
            fields.push(("error_subcode", "cancel"));
        }
        let claims = self.claims();
        fields.extend(claims.as_deref().map(|claims| ("claims", claims)));
        fields.extend(state.map(|state| ("state", state)));
        page::redirect(to, &fields)
    }

    /// On a page of its own.
    pub(super) fn page(&self, world: &World) -> Response {
        let timestamp = world.now().format("%Y-%m-%d %H:%M:%SZ").to_string();
        page::trouble(&self.description(&timestamp, random_id(), random_id()))
    }

    fn description(&self, timestamp: &str, trace: Uuid, correlation: Uuid) -> String {
        format!(
            "AADSTS{}: {}\r\nTrace ID: {trace}\r\nCorrelation ID: {correlation}\r\nTimestamp: {timestamp}",
            self.code, self.text
        )
    }

    fn suberror(&self) -> Option<&'static str> {
        match self.code {
            50072..=50079 | 50158 => Some("basic_action"),
            53003 | 530_032 => Some("message_only"),
            50005 | 50097 | 50131 | 53000..=53004 => Some("additional_action"),
            50055 => Some("user_password_expired"),
            65001 => Some("consent_required"),
            50132 | 50133 | 50173 | 70000 | 70008 | 70043 | 700_082 => Some("bad_token"),
            _ => None,
        }
    }

    fn claims(&self) -> Option<String> {
        let policy = json!({ "access_token": { "capolids": {
            "essential": true, "values": ["7c2a33c5-6f21-4f9c-8d4d-d0b4b1d1a6f0"],
        } } });
        WITH_CLAIMS.contains(&self.code).then(|| policy.to_string())
    }
}
