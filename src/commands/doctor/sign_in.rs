//! Whether somebody is signed in, by the ways that ask nobody.

use std::sync::{Mutex, PoisonError};

use super::{
    Deadline,
    line::{Group, Line},
};
use crate::{
    config::{ServiceSettings, SignInMethod},
    connect,
    entra::access_token::AccessClaims,
    failure::Failure,
    identity::{Kept, Known, Step, Way},
    sign_in::{self, SignIn, Ways},
    when::{self, Zone},
};

const GROUP: Group = Group::SignIn;

/// The findings, and the sign-in if there is one.
pub(super) async fn look(
    service: &ServiceSettings,
    deadline: Deadline,
) -> (Vec<Line>, Option<SignIn>) {
    let mut lines = vec![GROUP.ok("method", method(service.sign_in))];
    let ways = match connect::ways(service) {
        Ok(ways) => ways,
        Err(failure) => {
            lines.push(GROUP.failed("sessions", &failure));
            return (lines, None);
        }
    };
    let has_app = service.entra.client_id.is_some();
    let tokens = async {
        let sessions = if has_app && asks_people(service.sign_in) {
            sessions(&ways, deadline).await
        } else {
            Vec::new()
        };
        (sessions, token(&ways, deadline).await)
    };
    let cli = async {
        match service.sign_in {
            SignInMethod::AzureCli => Some(azure_cli(true, deadline).await),
            SignInMethod::Auto => Some(azure_cli(!has_app, deadline).await),
            SignInMethod::Browser | SignInMethod::DeviceCode | SignInMethod::Environment => None,
        }
    };
    let (cli, (sessions, token)) = futures_util::future::join(cli, tokens).await;
    // One cause is told once, however many ways in it closes.
    let is_told = |line: &Line| {
        cli.iter().chain([&token.line]).any(|other| other.detail.contains(&line.detail))
    };
    let passed_over = token.passed_over.into_iter().filter(|line| !is_told(line)).collect();
    let is_cause = cli.as_ref().is_some_and(|cli| cli.detail == token.line.detail);
    let token_line = (!is_cause).then_some(token.line);
    lines.extend(cli);
    lines.extend([sessions, passed_over].concat());
    lines.extend(token_line);
    (lines, token.sign_in)
}

fn asks_people(method: SignInMethod) -> bool {
    matches!(method, SignInMethod::Auto | SignInMethod::Browser | SignInMethod::DeviceCode)
}

fn method(method: SignInMethod) -> &'static str {
    match method {
        SignInMethod::Auto => {
            "auto: a kept session, else the Azure CLI, else the browser or a device code"
        }
        SignInMethod::Browser => "the browser",
        SignInMethod::DeviceCode => "a device code",
        SignInMethod::AzureCli => "the Azure CLI",
        SignInMethod::Environment => "the access token in AZPAT_ACCESS_TOKEN",
    }
}

async fn azure_cli(is_needed: bool, deadline: Deadline) -> Line {
    let check = "Azure CLI";
    match deadline.wait(GROUP, check, sign_in::azure_cli_version()).await {
        Ok(Ok(version)) => GROUP.ok(check, format!("`az` version {version}")),
        Ok(Err(failure)) if is_needed => GROUP.failed(check, &failure),
        Ok(Err(failure)) => {
            let why = failure.why;
            GROUP.ok(check, format!("{why}; it is needed only where no session is kept"))
        }
        Err(line) => line,
    }
}

/// The sessions that are kept.
async fn sessions(ways: &Ways, deadline: Deadline) -> Vec<Line> {
    match deadline.wait(GROUP, "sessions", ways.known()).await {
        Ok(Ok(known)) if known.is_empty() => {
            vec![GROUP.ok("sessions", "none is kept; `azpat login` makes one")]
        }
        Ok(Ok(known)) => known.iter().map(session).collect(),
        Ok(Err(failure)) => vec![GROUP.failed("sessions", &failure)],
        Err(line) => vec![line],
    }
}

fn session(known: &Known) -> Line {
    let who = known.identity.as_ref().map(|identity| identity.shown().to_string());
    let who = who.unwrap_or_else(|| known.way.to_string());
    let lost = match &known.kept {
        Kept::Memory(failure) => Some(failure),
        Kept::Keyring | Kept::File(_) | Kept::Elsewhere => None,
    };
    if let Some(failure) = known.signed_out.as_ref().or(lost) {
        let fix = failure.hint.as_deref().unwrap_or("sign in again with `azpat login`");
        return GROUP.warning(&who, &failure.why, fix);
    }
    let place = match &known.kept {
        Kept::File(_) => "in its file",
        Kept::Keyring | Kept::Memory(_) | Kept::Elsewhere => "in the keyring",
    };
    let tenants = known.tenants.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    GROUP.ok(&who, format!("a session is kept {place}, tenant {tenants}"))
}

/// What became of asking for an access token.
struct Token {
    passed_over: Vec<Line>,
    line: Line,
    sign_in: Option<SignIn>,
}

/// Whether an access token can be had now, without asking anybody.
async fn token(ways: &Ways, deadline: Deadline) -> Token {
    let check = "access token";
    let skipped = Mutex::new(Vec::new());
    let tell = |step| {
        if let Step::Skipped { way, why } = step {
            skipped.lock().unwrap_or_else(PoisonError::into_inner).push((way, why));
        }
    };
    let ask = async {
        let sign_in = ways.silent(tell).await?;
        let claims = sign_in.look().await?;
        Ok::<_, Failure>((sign_in, claims))
    };
    let asked = deadline.wait(GROUP, check, ask).await;
    let skipped = skipped.into_inner().unwrap_or_else(PoisonError::into_inner);
    let passed_over = skipped.iter().map(|(way, why)| passed_over(*way, why)).collect();
    let (line, sign_in) = match asked {
        Ok(Ok((sign_in, claims))) => {
            (GROUP.ok(check, had(&sign_in, claims.as_ref())), Some(sign_in))
        }
        Ok(Err(failure)) => (GROUP.failed(check, &failure), None),
        Err(line) => (line, None),
    };
    Token { passed_over, line, sign_in }
}

fn passed_over(way: Way, why: &Failure) -> Line {
    let fix = why.hint.as_deref().unwrap_or("sign in with `azpat login`");
    GROUP.warning(&way.to_string(), &why.why, fix)
}

/// What can be seen of an access token without showing it.
fn had(sign_in: &SignIn, claims: Option<&AccessClaims>) -> String {
    let way = sign_in.known().first().map_or(Way::Kept, |known| known.way);
    let Some(claims) = claims else {
        return format!("there is one by {way}; what it says is not for azpat to read");
    };
    let tenant = claims.tenant.map(|id| format!(", tenant {id}")).unwrap_or_default();
    let ends = claims.ends.map(|ends| format!(", until {}", when::full(ends, Zone::default())));
    format!("there is one by {way}{tenant}{}", ends.unwrap_or_default())
}
