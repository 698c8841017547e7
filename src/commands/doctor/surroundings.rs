//! Where azpat runs, and what that means for signing in.

use super::{
    Deadline,
    line::{Group, Line},
};
use crate::{
    config::{ServiceSettings, SignInMethod},
    desktop::{self, Surroundings},
};

const GROUP: Group = Group::Surroundings;

pub(super) async fn lines(service: Option<&ServiceSettings>, deadline: Deadline) -> Vec<Line> {
    let mut lines = places(desktop::surroundings());
    let found = deadline.wait(GROUP, "browser", desktop::has_browser()).await;
    lines.push(found.map_or_else(|line| line, |found| browser(found, service)));
    lines
}

fn places(at: Surroundings) -> Vec<Line> {
    let known = [
        (
            at.ssh,
            "SSH",
            "a page opened here is not seen by you: use `azpat login --device-code`, or forward \
             the port that `azpat login` names",
        ),
        (at.wsl, "WSL", "pages open in the browser of Windows"),
        (
            at.container,
            "container",
            "usually without a keyring and a browser, and what is not on a volume is lost",
        ),
        (at.ci, "CI", "nobody can sign in here: put an access token into AZPAT_ACCESS_TOKEN"),
    ];
    let held = known.into_iter().filter(|(holds, ..)| *holds);
    let lines: Vec<_> = held.map(|(_, name, meaning)| GROUP.ok(name, meaning)).collect();
    if lines.is_empty() { vec![GROUP.ok("place", "this computer itself")] } else { lines }
}

/// A browser is missed only where one would be opened.
fn browser(found: bool, service: Option<&ServiceSettings>) -> Line {
    let is_used = service.is_some_and(|service| {
        let by_browser = matches!(service.sign_in, SignInMethod::Auto | SignInMethod::Browser);
        by_browser && service.entra.client_id.is_some()
    });
    match (found, is_used) {
        (true, _) => GROUP.ok("browser", "can be opened"),
        (false, true) => GROUP.warning(
            "browser",
            "cannot be opened here",
            "sign in with `azpat login --device-code`, or open the address that `azpat login` shows",
        ),
        (false, false) => GROUP.ok("browser", "cannot be opened here; signing in needs none"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_says_what_it_means() {
        let all = Surroundings { ssh: true, wsl: true, container: true, ci: true, display: false };
        let lines = places(all);
        let names: Vec<_> = lines.iter().map(|line| line.check.as_str()).collect();
        assert_eq!(names, ["SSH", "WSL", "container", "CI"]);
        assert!(lines[0].detail.contains("azpat login --device-code"));
        assert_eq!(places(Surroundings::default())[0].check, "place");
    }
}
