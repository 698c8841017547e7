//! Good bodies under strange statuses and headers.

use http::{HeaderMap, HeaderName, HeaderValue, Response};

use super::{Asked, bodies::good, check, read};

const STATUSES: [u16; 34] = [
    200, 201, 202, 203, 204, 205, 206, 226, 299, 300, 301, 302, 303, 304, 307, 308, 399, 400, 401,
    402, 403, 404, 405, 407, 408, 409, 410, 418, 429, 500, 501, 503, 599, 999,
];

const NAMES: [&str; 14] = [
    "content-type",
    "content-encoding",
    "content-length",
    "retry-after",
    "x-ratelimit-delay",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "date",
    "location",
    "www-authenticate",
    "x-tfs-serviceerror",
    "x-vss-e2eid",
    "activityid",
    "x-vss-resourcetenant",
];

const VALUES: [&[u8]; 22] = [
    b"",
    b" ",
    b"0",
    b"-1",
    b"1.5",
    b"NaN",
    b"99999999999999999999999",
    b"1e308",
    b"Fri, 31 Dec 9999 23:59:59 GMT",
    b"Thu, 01 Jan 1970 00:00:00 GMT",
    b"Xxx, 99 Xxx 9999",
    b"text/html",
    b"application/json;charset=utf-16",
    b"application/json;;;",
    b"*/*",
    b",,,;=\"",
    b"%",
    b"%00%1b%5B2J%E2%80%AE",
    b"\xff\xfe\x80",
    b"Bearer error=\"insufficient_claims",
    b"http://[::1",
    b"//evil.example/\\..",
];

/// Only a 2xx that is not 203, with a type of JSON, is ever read as what was asked for.
#[tokio::test]
async fn headers_decide_before_the_body_does() {
    let mut cases = 0;
    for asked in [Asked::List, Asked::Revoke] {
        for (name, value) in NAMES.into_iter().flat_map(|name| VALUES.map(|value| (name, value))) {
            for status in STATUSES {
                one(asked, status, name, value).await;
            }
            cases += STATUSES.len();
        }
    }
    assert!(cases > 20_000, "{cases}");
}

async fn one(asked: Asked, status: u16, name: &str, value: &[u8]) {
    let case = format!("{asked:?} under {status} with {name}: {}", value.escape_ascii());
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    let value = HeaderValue::from_bytes(value).unwrap();
    headers.insert(HeaderName::from_bytes(name.as_bytes()).unwrap(), value);
    let mut response = Response::new(good(asked).into_bytes());
    *response.status_mut() = status.try_into().unwrap();
    let media = headers.get("content-type").and_then(|value| value.to_str().ok());
    let is_json = media.is_some_and(|media| media.starts_with("application/json"));
    *response.headers_mut() = headers;
    match read(asked, response).await {
        Ok(_) => assert!((200..300).contains(&status) && status != 203 && is_json, "{case}"),
        Err(failure) => {
            check(&failure, &case);
            assert!(
                !(200..300).contains(&status) || status == 203 || !is_json,
                "{case}: {failure}"
            );
        }
    }
}
