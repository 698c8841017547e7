//! The access token of the Azure CLI. It is run without a shell, never from the current folder,
//! and its errors are put into words.

use std::{env, ffi::OsString, path::Path, process::Stdio, time::Duration};

use chrono::{DateTime, Local, NaiveDateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _},
    process::{Child, Command},
};
use uuid::Uuid;

use super::{RESOURCE, VARIABLE, failure, is_token_text, lease::Lease};
use crate::{clock, failure::Failure, programs, secret::Bearer, text};

/// More than this on standard output or error is no answer of `az`.
const MOST_OUTPUT: u64 = 1 << 20;

/// Where `az` is looked for, and how long it may take.
#[derive(Clone, Debug)]
pub(super) struct AzureCli {
    path: OsString,
    limit: Duration,
}

impl AzureCli {
    pub(super) fn from_environment() -> Self {
        Self { path: env::var_os("PATH").unwrap_or_default(), limit: Duration::from_mins(1) }
    }

    /// Asks for a token, of this tenant where one is given.
    pub(super) async fn lease(&self, tenant: Option<Uuid>) -> Result<Lease, Failure> {
        let mut arguments = vec!["account", "get-access-token", "--resource", RESOURCE];
        let id = tenant.map(|tenant| tenant.to_string());
        arguments.extend(["-o", "json"]);
        arguments.extend(id.iter().flat_map(|id| ["--tenant", id]));
        let output = self.run(&arguments, "access token").await?;
        if output.success {
            read(&output.stdout)
        } else {
            Err(explain(&String::from_utf8_lossy(&output.stderr), tenant))
        }
    }

    /// Which version it is. This asks nobody but `az`.
    pub(super) async fn version(&self) -> Result<String, Failure> {
        let output = self.run(&["version", "-o", "json"], "version").await?;
        let answer = serde_json::from_slice::<Value>(&output.stdout).unwrap_or_default();
        let version = answer.get("azure-cli").and_then(Value::as_str).filter(|_| output.success);
        version.map(|version| text::cut(version, 40)).ok_or_else(|| {
            failure(
                "`az` does not say its version",
                "run `az version` by hand to see what is wrong",
            )
        })
    }

    /// Runs `az` to its end; `wanted` is what it is asked for.
    async fn run(&self, arguments: &[&str], wanted: &str) -> Result<Output, Failure> {
        let program = programs::find("az", &self.path).ok_or_else(|| {
            failure(
                "the Azure CLI (`az`) is not installed or not in PATH",
                format!("install it and run `az login`, or set {VARIABLE}"),
            )
        })?;
        let run = start(&program, arguments);
        let output = tokio::time::timeout(self.limit, run).await.map_err(|_elapsed| {
            let by_hand = arguments.iter().take_while(|argument| !argument.starts_with('-'));
            let by_hand = by_hand.copied().collect::<Vec<_>>().join(" ");
            failure(
                format!("`az` gave no {wanted} within {} s", self.limit.as_secs_f64()),
                format!("run `az {by_hand}` by hand to see what it waits for"),
            )
        })?;
        output.map_err(|error| {
            failure(
                format!(
                    "`az` ({}) cannot be run: {error}",
                    text::visible(&program.to_string_lossy())
                ),
                "run `az version` by hand to see what is wrong",
            )
        })
    }
}

async fn start(program: &Path, arguments: &[&str]) -> std::io::Result<Output> {
    let mut child = Command::new(program)
        .args(arguments)
        .env_remove(VARIABLE)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    collect(&mut child).await
}

struct Output {
    success: bool,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

async fn collect(child: &mut Child) -> std::io::Result<Output> {
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let (stdout, stderr, status) = tokio::try_join!(drain(out), drain(err), child.wait())?;
    Ok(Output { success: status.success(), stdout, stderr })
}

async fn drain(pipe: Option<impl AsyncRead + Unpin>) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(pipe) = pipe {
        pipe.take(MOST_OUTPUT).read_to_end(&mut bytes).await?;
    }
    Ok(bytes)
}

/// What `az account get-access-token -o json` prints.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    access_token: String,
    #[serde(rename = "expires_on", default)]
    ends: Value,
    /// Local time without a zone: all that older versions have.
    #[serde(rename = "expiresOn", default)]
    ends_here: Value,
}

fn read(stdout: &[u8]) -> Result<Lease, Failure> {
    let answer = serde_json::from_slice::<Answer>(stdout).ok();
    let Some(answer) = answer.filter(|answer| is_token_text(&answer.access_token)) else {
        return Err(failure(
            "`az` answered without an access token",
            "run `az account get-access-token` by hand, and update the Azure CLI if it looks wrong",
        ));
    };
    let ends = seconds(&answer.ends)
        .or_else(|| local(&answer.ends_here))
        .unwrap_or_else(|| clock::now() + TimeDelta::minutes(10));
    Ok(Lease::new(Bearer::new(answer.access_token), ends))
}

fn seconds(value: &Value) -> Option<DateTime<Utc>> {
    let seconds = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())?;
    DateTime::from_timestamp(seconds, 0)
}

fn local(value: &Value) -> Option<DateTime<Utc>> {
    let date = NaiveDateTime::parse_from_str(value.as_str()?, "%Y-%m-%d %H:%M:%S%.f").ok()?;
    date.and_local_timezone(Local).earliest().map(|date| date.to_utc())
}

/// Codes of Microsoft Entra ID (`AADSTS…`) that a person can do something about.
const CODES: &[(&[&str], &str, &str)] = &[
    (
        &["50076", "50079", "50072", "50074", "50078"],
        "the sign-in needs a second factor",
        "run `az login` and answer the second factor",
    ),
    (
        &["70043", "700082", "70008", "50173", "50132", "50133", "70000", "65001", "700084"],
        "the Azure CLI's sign-in has ended",
        "run `az login`",
    ),
    (
        &[
            "53000", "53001", "53002", "53003", "530032", "53004", "50005", "50097", "50131",
            "50158",
        ],
        "a Conditional Access policy blocks the sign-in",
        "run `az login` on a managed device, or ask your administrator",
    ),
    (
        &["50020", "50034", "90072", "51004", "500011", "650052", "90002", "50059"],
        "the account does not belong to the tenant",
        "run `az login --tenant TENANT` with the tenant of the organization",
    ),
    (
        &["50053", "50055", "50057", "500212", "500213", "500021", "50105"],
        "the account may not sign in",
        "ask your administrator",
    ),
];

/// Puts what `az` says on standard error into words.
fn explain(stderr: &str, tenant: Option<Uuid>) -> Failure {
    let failure = of_stderr(stderr);
    let Some(tenant) = tenant else { return failure };
    // The tenant that was asked for is the one to sign in to.
    let hint = failure.hint.as_deref().unwrap_or_default();
    let hint = hint.replace(" --tenant TENANT` with the tenant of the organization", "`");
    let hint = hint.replace("az login", &format!("az login --tenant {tenant}"));
    failure.hint(hint)
}

fn of_stderr(stderr: &str) -> Failure {
    if let Some(code) = aadsts(stderr) {
        let known = CODES.iter().find(|(codes, ..)| codes.contains(&code));
        let (why, hint) = known
            .map_or(("Microsoft Entra ID refused the sign-in", "run `az login`"), |row| {
                (row.1, row.2)
            });
        return failure(format!("{why} [AADSTS{code}]"), hint);
    }
    if stderr.contains("az login") {
        return failure("nobody is signed in to the Azure CLI", "run `az login`");
    }
    let line = stderr.lines().map(str::trim).find(|line| !line.is_empty());
    let why = line.map_or_else(
        || "`az` failed without saying why".to_owned(),
        |line| format!("`az` failed: {}", text::cut(line.trim_start_matches("ERROR: "), 200)),
    );
    failure(why, "run `az account get-access-token` by hand to see more")
}

fn aadsts(stderr: &str) -> Option<&str> {
    let (_, rest) = stderr.split_once("AADSTS")?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest.get(..end).filter(|digits| !digits.is_empty())
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
