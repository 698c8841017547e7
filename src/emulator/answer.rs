//! The shapes of answers: JSON, error envelopes, sign-in pages and the headers that the real service puts on all of
//! them. It decides nothing.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, DATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::date;

/// Why a request is not carried out, as the service puts it.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    /// The name of an exception, with its namespace.
    pub(super) exception: &'static str,
    pub(super) message: String,
}

/// The body of a refusal.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    #[serde(rename = "$id")]
    id: &'a str,
    inner_exception: Option<&'a str>,
    message: &'a str,
    type_name: String,
    type_key: &'a str,
    error_code: u32,
    event_id: u32,
}

/// Exceptions that several places raise.
pub(super) mod exception {
    pub(crate) const ARGUMENT: &str =
        "Microsoft.VisualStudio.Services.Common.VssPropertyValidationException";
    pub(crate) const NO_ACCESS: &str =
        "Microsoft.TeamFoundation.Framework.Server.InvalidAccessException";
    pub(crate) const UNAUTHORIZED: &str =
        "Microsoft.TeamFoundation.Framework.Server.UnauthorizedRequestException";
    pub(crate) const NOT_FOUND: &str =
        "Microsoft.VisualStudio.Services.WebApi.VssResourceNotFoundException";
    pub(crate) const SERVICE: &str = "Microsoft.VisualStudio.Services.Common.VssServiceException";
}

impl Refusal {
    pub(super) fn new(
        status: StatusCode,
        exception: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self { status, exception, message: message.into() }
    }

    /// Something in the request cannot be understood.
    pub(super) fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, exception::ARGUMENT, message)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (space, key) = self.exception.rsplit_once('.').unwrap_or(("", self.exception));
        let envelope = Envelope {
            id: "1",
            inner_exception: None,
            message: &self.message,
            type_name: format!("{}, {space}", self.exception),
            type_key: key,
            error_code: 0,
            event_id: 3000,
        };
        let mut response = json(self.status, &envelope);
        set(&mut response, "x-tfs-serviceerror", &percent(&self.message));
        response
    }
}

/// JSON without an api-version in its content type.
pub(super) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    let bytes = serde_json::to_vec(body).unwrap_or_default();
    let content_type = HeaderValue::from_static("application/json; charset=utf-8");
    (status, [(CONTENT_TYPE, content_type)], bytes).into_response()
}

/// JSON as one version of an interface gives it.
pub(super) fn versioned(body: &impl Serialize, version: &str) -> Response {
    let mut response = json(StatusCode::OK, body);
    set(
        &mut response,
        "content-type",
        &format!("application/json; charset=utf-8; api-version={version}"),
    );
    response
}

/// A page for a browser.
pub(super) fn html(status: StatusCode, title: &str, text: &str) -> Response {
    let page = format!(
        "<!DOCTYPE html>\r\n<html lang=\"en-US\"><head><title>{title}</title></head>\r\n<body>{text}</body></html>\r\n"
    );
    let content_type = HeaderValue::from_static("text/html; charset=utf-8");
    (status, [(CONTENT_TYPE, content_type)], page).into_response()
}

/// Success without content.
pub(super) fn empty() -> Response {
    (StatusCode::NO_CONTENT, Body::empty()).into_response()
}

/// Sets a header; a value that HTTP cannot carry is left out.
pub(super) fn set(response: &mut Response, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(HeaderName::from_static(name), value);
    }
}

/// Puts on what every answer of the service carries.
pub(super) fn stamp(response: &mut Response, activity: Uuid, process: Uuid, now: DateTime<Utc>) {
    let activity = activity.to_string();
    for name in ["activityid", "x-vss-e2eid", "x-tfs-session"] {
        set(response, name, &activity);
    }
    set(response, "x-tfs-processid", &process.to_string());
    set(response, "x-content-type-options", "nosniff");
    if let Ok(date) = HeaderValue::from_str(&date::http(now)) {
        response.headers_mut().insert(DATE, date);
    }
    response
        .headers_mut()
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-cache, no-store"));
}

/// Percent-encodes all but unreserved characters, with `%20` for a blank as the service does.
fn percent(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~'".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            write!(encoded, "%{byte:02X}").ok();
        }
        encoded
    })
}
