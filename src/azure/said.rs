//! What the service says in an answer, wherever it says it: the JSON envelope, a header, the title
//! of a page. All of it comes from outside and leaves here escaped and cut.

use http::{HeaderMap, header};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{text, transport::Answer};

/// Longer texts of the service are cut.
const MOST: usize = 240;

/// What an answer says.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// `TF400813`, else the type of the exception.
    pub(super) code: Option<String>,
    pub(super) text: Option<String>,
    /// `patTokenError`, unless it is `none`.
    pub(super) token_error: Option<String>,
    /// Whether there is an error cannot be told: `patTokenError` is no text, or is there twice.
    pub(super) is_nonsense: bool,
    pub(super) token_error_text: Option<String>,
    /// The body is an error envelope.
    pub(super) is_envelope: bool,
}

/// The fields that carry errors. A field of another type than expected is as if it were absent;
/// raw, because what has no place here may be large.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default, bound(deserialize = "'de: 'a"))]
struct Envelope<'a> {
    message: Option<&'a RawValue>,
    type_key: Option<&'a RawValue>,
    pat_token_error: Option<&'a RawValue>,
    pat_token_error_message: Option<&'a RawValue>,
}

impl Said {
    pub(super) fn new(answer: &Answer) -> Self {
        let envelope = serde_json::from_slice::<Envelope<'_>>(&answer.body);
        let is_broken = envelope.is_err() && answer.body.trim_ascii_start().starts_with(b"{");
        let envelope = envelope.unwrap_or_default();
        let type_key = string(envelope.type_key).filter(|key| !key.is_empty());
        let message = string(envelope.message).filter(|message| !message.trim().is_empty());
        let is_envelope = type_key.is_some() || message.is_some();
        let is_none = |name: &String| name.eq_ignore_ascii_case("none");
        let token_error = string(envelope.pat_token_error);
        let is_nonsense = is_broken || envelope.pat_token_error.is_some() && token_error.is_none();
        let token_error = token_error.filter(|name| !is_none(name));
        let raw = message.or_else(|| service_error(&answer.headers)).or_else(|| title(answer));
        let code = raw.as_deref().and_then(code).map(ToOwned::to_owned).or(type_key);
        Self {
            code: code.map(|code| text::cut(&code, 60)),
            text: raw.map(|raw| text::cut(&raw, MOST)),
            token_error: token_error.map(|name| text::cut(&name, 60)),
            token_error_text: string(envelope.pat_token_error_message)
                .filter(|text| !text.trim().is_empty())
                .map(|raw| text::cut(&raw, MOST)),
            is_nonsense,
            is_envelope,
        }
    }
}

fn string(value: Option<&RawValue>) -> Option<String> {
    serde_json::from_str(value?.get()).ok()
}

/// The id under which the service's support finds this answer.
pub(super) fn support_id(headers: &HeaderMap) -> Option<String> {
    ["x-vss-e2eid", "activityid"].into_iter().find_map(|name| {
        let id = headers.get(name)?.to_str().ok()?.trim();
        let fits = (1..=64).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        fits.then(|| id.to_owned())
    })
}

/// The media type in small letters, without parameters.
pub(super) fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

pub(super) fn is_html(answer: &Answer) -> bool {
    media_type(&answer.headers) == "text/html" || answer.body.trim_ascii_start().starts_with(b"<")
}

/// `TF400813: The user …` → `TF400813`.
fn code(text: &str) -> Option<&str> {
    let head = text.trim_start().split_once(':')?.0;
    let letters = head.bytes().take_while(u8::is_ascii_uppercase).count();
    let digits = head.bytes().skip(letters).filter(u8::is_ascii_digit).count();
    let fits = (2..=4).contains(&letters) && (4..=8).contains(&digits);
    (fits && letters + digits == head.len()).then_some(head)
}

/// `X-TFS-ServiceError`: percent-encoded, on some servers with `+` for blanks.
fn service_error(headers: &HeaderMap) -> Option<String> {
    let value = headers.get("x-tfs-serviceerror")?.to_str().ok()?;
    let pair = format!("={}", value.replace('&', "%26"));
    let (_, text) = url::form_urlencoded::parse(pair.as_bytes()).next()?;
    (!text.trim().is_empty()).then(|| text.into_owned())
}

/// The title of an HTML page; pages of 90 kB have it near their beginning.
fn title(answer: &Answer) -> Option<String> {
    if !is_html(answer) {
        return None;
    }
    let head = answer.body.get(..answer.body.len().min(16 << 10))?;
    let page = String::from_utf8_lossy(head);
    let start = find(&page, "<title")?;
    let (_, after) = page.get(start..)?.split_once('>')?;
    let title = after.get(..find(after, "</title")?)?;
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let title = title.replace("&#39;", "'").replace("&quot;", "\"").replace("&lt;", "<");
    let title = title.replace("&gt;", ">").replace("&nbsp;", " ").replace("&amp;", "&");
    (!title.is_empty()).then_some(title)
}

fn find(page: &str, tag: &str) -> Option<usize> {
    page.to_ascii_lowercase().find(tag)
}
