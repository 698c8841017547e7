//! Whether each host answers, by which way, and whether its clock agrees with this computer's.

use chrono::TimeDelta;
use futures_util::future::join_all;
use url::Url;

use super::{
    Deadline, limits,
    line::{Group, Line, State},
};
use crate::{
    azure::{self, Reached},
    config::{ServiceSettings, SignInMethod},
    desktop::{self, Surroundings},
    failure::Failure,
    text, when,
};

const GROUP: Group = Group::Network;

/// From here on tokens are shown as ended too early or too late.
const DOUBTFUL: TimeDelta = TimeDelta::minutes(2);

/// From here on Entra's answers are not valid any more, or not yet.
const WRONG: TimeDelta = TimeDelta::minutes(5);

pub(super) async fn lines(service: &ServiceSettings, deadline: Deadline) -> Vec<Line> {
    let (mut lines, addresses) = match addresses(service) {
        Ok(addresses) => (Vec::new(), addresses),
        Err(failure) => (vec![GROUP.failed("hosts", &failure)], Vec::new()),
    };
    let limits = limits();
    let looks = addresses.iter().map(async |address| {
        let name = name(address);
        let reached = deadline.wait(GROUP, &name, azure::reach(address, &limits)).await;
        match reached {
            Ok(Ok(reached)) => (host(&reached, address), Some(reached)),
            Ok(Err(failure)) => {
                let proxy = azure::route(address).ok().and_then(|route| route.proxy);
                (lost(&name, failure, proxy.as_deref()), None)
            }
            Err(line) => (line, None),
        }
    });
    let (told, reached): (Vec<_>, Vec<_>) = join_all(looks).await.into_iter().unzip();
    lines.extend(told);
    lines.push(clock(reached.iter().flatten()));
    lines
}

/// All hosts that azpat asks, each once.
fn addresses(service: &ServiceSettings) -> Result<Vec<Url>, Failure> {
    let mut addresses = vec![
        service.service_url.clone(),
        service.profile_url.clone(),
        azure::front(&service.service_url)?,
    ];
    if service.sign_in != SignInMethod::Environment {
        addresses.push(service.entra.authority.clone());
    }
    let mut hosts: Vec<Url> = Vec::new();
    for address in addresses {
        if hosts.iter().all(|host| host.origin() != address.origin()) {
            hosts.push(address);
        }
    }
    Ok(hosts)
}

fn name(address: &Url) -> String {
    let host = text::cut(address.host_str().unwrap_or_default(), 120);
    address.port().map_or_else(|| host.clone(), |port| format!("{host}:{port}"))
}

fn host(reached: &Reached, address: &Url) -> Line {
    let proxy = reached.route.proxy.as_ref();
    let way = proxy.map_or_else(|| "directly".to_owned(), |proxy| format!("via proxy {proxy}"));
    let trust = match reached.route.ca {
        _ if address.scheme() == "http" => "no TLS".to_owned(),
        Some(variable) => format!("certificates of {variable}"),
        None => "certificates of the system".to_owned(),
    };
    let (status, took) = (reached.status, reached.took.as_millis());
    let detail =
        format!("answers after {took} ms (status {status} without a token), {way}, {trust}");
    if status >= 500 {
        return GROUP.warning(&reached.host, detail, "try again later");
    }
    GROUP.ok(&reached.host, detail)
}

/// A host that did not answer, and the proxy that may be why, or may be missing.
fn lost(name: &str, mut failure: Failure, proxy: Option<&str>) -> Line {
    let is_vague = failure.hint.as_deref() == Some(azure::CHECK_NETWORK);
    if let Some(proxy) = proxy {
        failure.why = format!("{} (via proxy {proxy})", failure.why);
    }
    match proxy {
        _ if !is_vague => GROUP.failed(name, &failure),
        Some(_) => GROUP.failed(name, &failure.hint("check the proxy in HTTPS_PROXY")),
        None => {
            let fix = format!("{}, or set HTTPS_PROXY if it needs a proxy", azure::CHECK_NETWORK);
            GROUP.failed(name, &failure.hint(fix))
        }
    }
}

/// The clock of the host that differs most.
fn clock<'a>(reached: impl Iterator<Item = &'a Reached>) -> Line {
    let ahead = reached.filter_map(|it| Some((it.now - it.date?, &it.host)));
    let Some((ahead, host)) = ahead.max_by_key(|(ahead, _)| ahead.abs()) else {
        let fix = "see to the hosts first";
        return GROUP.warning("clock", "not compared, since no host told its time", fix);
    };
    // A host tells whole seconds.
    if ahead.abs() < TimeDelta::seconds(2) {
        return GROUP.ok("clock", format!("this computer's clock agrees with that of {host}"));
    }
    let word = if ahead > TimeDelta::zero() { "ahead of" } else { "behind" };
    let detail = format!("this computer's clock is {} {word} that of {host}", when::span(ahead));
    let state = match ahead.abs() {
        off if off > WRONG => State::Failing,
        off if off > DOUBTFUL => State::Warning,
        _ => return GROUP.ok("clock", detail),
    };
    Line { state, ..GROUP.failing("clock", detail, set_clock(desktop::surroundings())) }
}

/// Not every system has a clock of its own.
fn set_clock(at: Surroundings) -> &'static str {
    if at.wsl {
        "set the clock by that of Windows: `sudo hwclock -s`"
    } else if at.container {
        "set the clock of the computer that runs this container"
    } else if cfg!(target_os = "linux") {
        "set the clock by the network: `sudo timedatectl set-ntp true`"
    } else {
        "set the clock by the network, in the system's settings"
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use chrono::DateTime;

    use super::*;
    use crate::failure::FailureKind;

    fn reached(ahead: i64) -> Reached {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        Reached {
            host: "h".to_owned(),
            route: azure::Route::default(),
            status: 200,
            took: Duration::from_millis(7),
            date: Some(now - TimeDelta::seconds(ahead)),
            now,
        }
    }

    #[test]
    fn a_clock_may_be_a_little_off() {
        for (ahead, state, words) in [
            (-1, State::Ok, "agrees with that of h"),
            (-2, State::Ok, "2 seconds behind that of h"),
            (120, State::Ok, "2 minutes ahead of"),
            (-121, State::Warning, "2 minutes behind"),
            (300, State::Warning, "5 minutes ahead of"),
            (-301, State::Failing, "5 minutes behind"),
            (9_000, State::Failing, "2 hours ahead of"),
        ] {
            let line = clock([reached(0), reached(ahead)].iter());
            assert_eq!(line.state, state, "{line:?}");
            assert!(line.detail.contains(words), "{line:?}");
            assert_eq!(line.fix.is_some(), state != State::Ok);
        }
        assert_eq!(clock([].iter()).state, State::Warning);
    }

    #[test]
    fn the_clock_is_set_where_it_is() {
        let at = Surroundings::default();
        assert!(set_clock(Surroundings { wsl: true, container: true, ..at }).contains("hwclock"));
        assert!(set_clock(Surroundings { container: true, ..at }).contains("this container"));
        assert!(set_clock(at).contains("by the network"));
    }

    #[test]
    fn a_proxy_is_the_first_to_blame() {
        let silent = || Failure::new(FailureKind::Network, "reach h", "it is silent");
        let vague = || silent().hint(azure::CHECK_NETWORK);
        let line = lost("h", vague(), Some("p"));
        assert_eq!(line.detail, "it is silent (via proxy p)");
        assert_eq!(line.fix.as_deref(), Some("check the proxy in HTTPS_PROXY"));
        assert!(lost("h", vague(), None).fix.is_some_and(|fix| fix.contains("set HTTPS_PROXY")));
        let line = lost("h", silent().hint("trust it"), Some("p"));
        assert_eq!(line.fix.as_deref(), Some("trust it"));
    }

    #[test]
    fn the_way_is_told() {
        let mut reached = reached(0);
        let address = "https://dev.azure.com/".parse().unwrap();
        let told = |reached: &Reached| host(reached, &address);
        assert_eq!(
            told(&reached).detail,
            "answers after 7 ms (status 200 without a token), directly, certificates of the system"
        );
        reached.route = azure::Route { proxy: Some("p".to_owned()), ca: Some("SSL_CERT_FILE") };
        reached.status = 503;
        let line = told(&reached);
        assert!(line.detail.ends_with("via proxy p, certificates of SSL_CERT_FILE"), "{line:?}");
        assert_eq!(line.state, State::Warning);
    }
}
