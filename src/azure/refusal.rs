//! Decides whether an answer is a success, and if not, what it means. HTTP statuses become words
//! here and nowhere else.

use std::time::Duration;

use http::{Method, StatusCode, header};
use url::Url;

use super::{
    exchange::{Effect, Problem, Request, words},
    pause,
    said::{self, Said},
    token_error,
};
use crate::{
    clock,
    entra::Claims,
    failure::{Failure, FailureKind},
    pat::change::Ground,
    sign_in::SignIn,
    text,
    transport::{Answer, Limits, Lost},
};

/// Whether the same call may be made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Again {
    /// The service did not act on it.
    Always,
    /// If doing it twice is the same as doing it once.
    IfHarmless,
    Never,
}

/// Why an attempt did not succeed.
#[derive(Clone, Debug)]
pub(super) struct Trouble {
    pub(super) kind: FailureKind,
    pub(super) effect: Effect,
    pub(super) again: Again,
    /// How long the service asks to wait before the next attempt.
    pub(super) pause: Option<Duration>,
    pub(super) why: String,
    pub(super) hint: Option<String>,
    /// What of the request was refused, where the service says so.
    pub(super) ground: Option<Ground>,
    pub(super) support_id: Option<String>,
    /// What a new sign-in has to fulfil.
    pub(super) claims: Option<Box<Claims>>,
    /// The account has no place in the organization; another one may.
    pub(super) is_stranger: bool,
}

impl Trouble {
    pub(super) fn new(kind: FailureKind, why: impl Into<String>) -> Self {
        Self {
            kind,
            effect: Effect::None,
            again: Again::Never,
            pause: None,
            why: why.into(),
            hint: None,
            ground: None,
            support_id: None,
            claims: None,
            is_stranger: false,
        }
    }

    /// The service failed or made no sense: whether it acted is not known.
    pub(super) fn broken(why: impl Into<String>) -> Self {
        Self { effect: Effect::Unknown, ..Self::new(FailureKind::Service, why) }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(super) fn wants_sign_in(&self) -> bool {
        self.kind == FailureKind::SignIn
    }

    pub(super) fn is_throttled(&self) -> bool {
        self.kind == FailureKind::Throttled
    }

    pub(super) fn problem(&self, attempt: &str, limits: &Limits) -> Problem {
        let too_long = self.pause.filter(|pause| *pause > limits.pause);
        let hint = match too_long {
            Some(pause) => Some(format!("try again in {}", words(pause))),
            None => self.hint.clone(),
        };
        let failure = Failure {
            kind: self.kind,
            attempt: attempt.to_owned(),
            why: self.why.clone(),
            hint,
            ground: self.ground,
            support_id: self.support_id.clone(),
        };
        Problem { failure, effect: self.effect }
    }
}

impl From<Lost> for Trouble {
    fn from(lost: Lost) -> Self {
        Self {
            kind: lost.kind,
            effect: if lost.was_sent { Effect::Unknown } else { Effect::None },
            again: match (lost.can_pass, lost.was_sent) {
                (false, _) => Again::Never,
                (true, true) => Again::IfHarmless,
                (true, false) => Again::Always,
            },
            pause: None,
            why: lost.why,
            hint: lost.hint.map(ToOwned::to_owned),
            ground: None,
            support_id: None,
            claims: None,
            is_stranger: false,
        }
    }
}

/// What is wrong with an answer; `None` for a success.
pub(super) fn find(answer: &Answer, request: &Request<'_>, sign_in: &SignIn) -> Option<Trouble> {
    let trouble = judge(answer, request, sign_in)?;
    Some(Trouble { support_id: said::support_id(&answer.headers), ..trouble })
}

fn judge(answer: &Answer, request: &Request<'_>, sign_in: &SignIn) -> Option<Trouble> {
    if answer.status.is_redirection() {
        return Some(redirected(answer, request, sign_in));
    }
    let is_success =
        answer.status.is_success() && answer.status != StatusCode::NON_AUTHORITATIVE_INFORMATION;
    if is_success {
        return not_json(answer, request, sign_in).or_else(|| {
            let said = Said::new(answer);
            match said.token_error {
                Some(_) => Some(token_error::trouble(&said)),
                None if said.is_nonsense => Some(Trouble::broken(format!(
                    "{} sent an answer that makes no sense",
                    request.host.name()
                ))),
                None if said.is_envelope => Some(other(answer, said)),
                None => None,
            }
        });
    }
    let said = Said::new(answer);
    Some(match answer.status {
        _ if said.token_error.is_some() => token_error::trouble(&said),
        StatusCode::UNAUTHORIZED => unauthorized(answer, &said, sign_in),
        StatusCode::NON_AUTHORITATIVE_INFORMATION => sign_in_page(answer, sign_in),
        StatusCode::TOO_MANY_REQUESTS => throttled(answer),
        StatusCode::SERVICE_UNAVAILABLE if asked_pause(answer).is_some() => throttled(answer),
        StatusCode::PROXY_AUTHENTICATION_REQUIRED => Trouble::new(
            FailureKind::Network,
            format!("no connection to {}: the proxy wants a sign-in [407]", request.host.way()),
        )
        .hint("put user and password into HTTPS_PROXY"),
        _ if said.code.as_deref() == Some("TF400733") => throttled(answer),
        _ => other(answer, said),
    })
}

/// A success must be JSON; only a revocation may be answered with nothing.
fn not_json(answer: &Answer, request: &Request<'_>, sign_in: &SignIn) -> Option<Trouble> {
    let host = request.host.name();
    if answer.body.trim_ascii().is_empty() {
        return (request.method != Method::DELETE)
            .then(|| Trouble::broken(format!("{host} sent an empty answer")));
    }
    if said::is_html(answer) {
        return Some(sign_in_page(answer, sign_in));
    }
    let media = said::media_type(&answer.headers);
    if media != "application/json" {
        let media = if media.is_empty() { "something".to_owned() } else { text::cut(&media, 60) };
        return Some(Trouble::broken(format!("{host} answered with {media} instead of JSON")));
    }
    None
}

fn sign_in_page(answer: &Answer, sign_in: &SignIn) -> Trouble {
    let status = answer.status.as_u16();
    Trouble::new(
        FailureKind::SignIn,
        format!("the service answered with a sign-in page, so it does not accept the access token [{status}]"),
    )
    .hint(sign_in.hint(None, None))
}

/// Redirects are never followed: they would carry the token, or a write, to somewhere else.
fn redirected(answer: &Answer, request: &Request<'_>, sign_in: &SignIn) -> Trouble {
    let status = answer.status.as_u16();
    let location = answer.headers.get(header::LOCATION).and_then(|value| value.to_str().ok());
    let base = request.host.address(&[], &[]);
    let target = location.and_then(|location| base.join(location).ok());
    if target.as_ref().is_some_and(is_sign_in_address) {
        let why = format!(
            "the service wants to redirect to its sign-in page, so it does not accept the access \
             token [{status}]"
        );
        return Trouble::new(FailureKind::SignIn, why).hint(sign_in.hint(None, None));
    }
    let to = target.as_ref().and_then(Url::host_str).map(|host| text::cut(host, 80));
    let to = to.unwrap_or_else(|| "nowhere".to_owned());
    Trouble::broken(format!("unexpected redirect to {to} [{status}]"))
        .hint("check the name of the organization and the address of the service")
}

fn is_sign_in_address(url: &Url) -> bool {
    let is_path = url.path().to_ascii_lowercase().contains("/_signin");
    let is_host = matches!(url.host_str(), Some("login.microsoftonline.com" | "login.windows.net"));
    is_path || is_host
}

fn throttled(answer: &Answer) -> Trouble {
    let pause = asked_pause(answer);
    let status = answer.status.as_u16();
    let asks = pause
        .map_or_else(String::new, |pause| format!(" and asks for a pause of {}", words(pause)));
    let resource = answer.headers.get("x-ratelimit-resource").and_then(|name| name.to_str().ok());
    let resource = resource.map_or_else(String::new, |name| format!(" of {}", text::cut(name, 60)));
    // "Too many" is refused before anything is done; "unavailable" need not be.
    let effect = match answer.status {
        StatusCode::SERVICE_UNAVAILABLE => Effect::Unknown,
        _ => Effect::None,
    };
    Trouble {
        effect,
        again: Again::Always,
        pause,
        ..Trouble::new(
            FailureKind::Throttled,
            format!("the service got too many requests{resource}{asks} [{status}]"),
        )
    }
    .hint("wait some minutes, then try again")
}

fn asked_pause(answer: &Answer) -> Option<Duration> {
    pause::retry_after(&answer.headers, clock::now())
}

/// A 401 has several causes; its headers and its text tell which.
fn unauthorized(answer: &Answer, said: &Said, sign_in: &SignIn) -> Trouble {
    let challenge = Challenge::new(answer);
    let hint = sign_in.hint(challenge.tenant.as_deref(), challenge.claims.as_deref());
    let why = if challenge.wants_claims {
        "Azure DevOps wants a new sign-in, since something about the account has changed \
         [insufficient_claims]"
            .to_owned()
    } else if challenge.is_personal {
        return Trouble::new(
            FailureKind::SignIn,
            "the organization belongs to personal Microsoft accounts, which this API does not \
             serve [401]",
        )
        .hint("connect the organization to Microsoft Entra ID");
    } else if said.code.as_deref() == Some("TF400813") {
        "the access token is not accepted here: wrong account, wrong tenant, or not both of the \
         permissions vso.pats and vso.pats_manage [TF400813]"
            .to_owned()
    } else if said.code.as_deref() == Some("InvalidAccessException") {
        "the service takes only Microsoft Entra access tokens of a user here \
         [InvalidAccessException]"
            .to_owned()
    } else {
        let text = said.text.as_ref().map_or_else(String::new, |text| format!(": {text}"));
        let code = said.code.as_deref().unwrap_or("401");
        format!("the service does not accept the access token{text} [{code}]")
    };
    let is_stranger = !challenge.wants_claims && said.code.as_deref() == Some(STRANGER);
    let claims = challenge.claims;
    Trouble { claims, is_stranger, ..Trouble::new(FailureKind::SignIn, why) }.hint(hint)
}

/// What the headers of a 401 say.
struct Challenge {
    wants_claims: bool,
    claims: Option<Box<Claims>>,
    is_personal: bool,
    tenant: Option<String>,
}

impl Challenge {
    fn new(answer: &Answer) -> Self {
        let values = answer.headers.get_all(header::WWW_AUTHENTICATE).iter();
        let lines: Vec<_> = values.filter_map(|value| value.to_str().ok()).collect();
        let all = lines.join(", ");
        let tenant = all.split_once("authorization_uri=").and_then(|(_, rest)| {
            let uri = rest.trim_start_matches('"');
            let uri = uri.split([',', '"', ' ']).next()?;
            let tenant = uri.parse::<Url>().ok()?.path_segments()?.next()?.to_owned();
            // It ends up in a command that people copy: an id, nothing else.
            uuid::Uuid::try_parse(&tenant).ok().map(|id| id.hyphenated().to_string())
        });
        let claims = all.split_once("claims=\"").and_then(|(_, rest)| rest.split('"').next());
        // May name several; the nil id stands for personal accounts.
        let owners = answer.headers.get("x-vss-resourcetenant").and_then(|ids| ids.to_str().ok());
        let owners = owners.unwrap_or_default().split(',');
        let owners: Vec<_> =
            owners.filter_map(|id| uuid::Uuid::try_parse(id.trim()).ok()).collect();
        let owner = owners.iter().find(|id| !id.is_nil()).map(ToString::to_string);
        Self {
            wants_claims: all.contains("insufficient_claims") || claims.is_some(),
            claims: claims.and_then(Claims::from_challenge).map(Box::new),
            is_personal: tenant.is_none() && owner.is_none() && !owners.is_empty(),
            tenant: tenant.or(owner),
        }
    }
}

/// What the service says to somebody who is no member.
const STRANGER: &str = "TF400813";

/// Codes of the service that a person can do something about.
const CODES: &[(&str, FailureKind, &str, &str)] = &[
    (
        "VS403463",
        FailureKind::Refused,
        "a Conditional Access policy of your administrator blocks this",
        "use a network and a device that the policy allows, or ask your administrator",
    ),
    (
        "TF400813",
        FailureKind::Refused,
        "the account may not do this here",
        "check account and organization, and whether it is a member there",
    ),
    (
        "TF401019",
        FailureKind::NotFound,
        "it does not exist, or you may not see it",
        "check the name and your permissions",
    ),
    (
        "InvalidAccessException",
        FailureKind::Refused,
        "the service takes only Microsoft Entra access tokens of a user here",
        "sign in with the Azure CLI as a user, not as a service",
    ),
    (
        "UnauthorizedRequestException",
        FailureKind::Refused,
        "the account may not do this here",
        "check account and organization, and whether it is a member there",
    ),
];

/// Every other refusal, by the service's code, else by its own words, else by the status.
fn other(answer: &Answer, said: Said) -> Trouble {
    let status = answer.status;
    let known = CODES.iter().find(|row| Some(row.0) == said.code.as_deref());
    if let Some((code, kind, why, hint)) = known {
        let effect = if status.is_server_error() { Effect::Unknown } else { Effect::None };
        let is_stranger = *code == STRANGER;
        let trouble = Trouble::new(*kind, format!("{why} [{code}]")).hint(*hint);
        return Trouble { effect, is_stranger, ..trouble };
    }
    let code = said.code.unwrap_or_else(|| status.as_u16().to_string());
    let text = said.text.map_or_else(
        || status.canonical_reason().map(|reason| format!(": {}", reason.to_lowercase())),
        |text| Some(format!(": {text}")),
    );
    let text = text.unwrap_or_default();
    match status {
        StatusCode::FORBIDDEN => {
            Trouble::new(FailureKind::Refused, format!("not permitted{text} [{code}]"))
                .hint("check your permissions in the organization")
        }
        StatusCode::NOT_FOUND | StatusCode::GONE => {
            let why = format!("the service finds nothing there{text} [{code}]");
            Trouble { effect: Effect::Missing, ..Trouble::new(FailureKind::NotFound, why) }
                .hint("check the name of the organization, and reload")
        }
        StatusCode::REQUEST_TIMEOUT => Trouble {
            again: Again::IfHarmless,
            ..Trouble::broken(format!("the service gave up waiting{text} [{code}]"))
        },
        status if status.is_server_error() => Trouble {
            again: Again::IfHarmless,
            ..Trouble::broken(format!("the service failed{text} [{code}]"))
        }
        .hint("try again later"),
        // A promise of an answer, and not one.
        status if status.is_informational() => {
            Trouble::broken(format!("the service began an answer and gave none{text} [{code}]"))
        }
        _ => Trouble::new(FailureKind::Refused, format!("the service refused{text} [{code}]")),
    }
}
