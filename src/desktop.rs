//! The desktop around azpat: opens pages in the user's browser, copies to its clipboard, and tells
//! where this process runs.
//! Starts nothing by a shell and asks nobody for anything.

mod clipboard;

use std::path::Path;

pub use self::clipboard::SystemClipboard;
use crate::failure::{Failure, FailureKind};

/// Opens a page in the user's browser, without a shell.
pub async fn open(url: &str) -> Result<(), Failure> {
    let attempt = "open the browser";
    let by_hand = format!("open {url} yourself");
    if !surroundings().has_desktop() {
        let why = "there is no desktop here";
        return Err(Failure::new(FailureKind::Usage, attempt, why).hint(by_hand));
    }
    let address = url.to_owned();
    let opened = tokio::task::spawn_blocking(move || webbrowser::open(&address)).await;
    match opened {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => {
            Err(Failure::new(FailureKind::Usage, attempt, error.to_string()).hint(by_hand))
        }
        Err(_) => Err(Failure::new(FailureKind::Usage, attempt, "it gave no answer").hint(by_hand)),
    }
}

/// Which clipboard texts go to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clipboard {
    /// The desktop's, of this computer.
    #[default]
    System,
    /// That of whoever sits at the terminal (OSC 52). Whether anything arrives nobody tells.
    Terminal,
}

/// The clipboard that the person sees: the desktop's, or that of their terminal.
pub fn clipboard() -> Clipboard {
    let here = surroundings();
    if here.display && !here.ssh { Clipboard::System } else { Clipboard::Terminal }
}

/// User and computer, as in `ada@build-01`, as far as they are known.
pub fn whereabouts() -> String {
    let variable = |name: &str| std::env::var(name).ok();
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    joined(&variable, host.as_deref())
}

fn joined(variable: &impl Fn(&str) -> Option<String>, host: Option<&str>) -> String {
    let first = |names: &[&str]| names.iter().find_map(|name| variable(name));
    let user = first(&["USER", "LOGNAME", "USERNAME"]);
    let host = host.map(str::to_owned).or_else(|| first(&["HOSTNAME", "COMPUTERNAME"]));
    let plain = |text: String| {
        // It goes into a name: nothing that would not be seen there, and no more than it needs.
        let text = text.trim().chars().filter(|c| !c.is_control() && !c.is_whitespace());
        Some(text.take(40).collect::<String>()).filter(|text| !text.is_empty())
    };
    let parts: Vec<_> = [user, host].into_iter().flatten().filter_map(plain).collect();
    if parts.is_empty() { "azpat".to_owned() } else { parts.join("@") }
}

/// Whether there is a browser that [`open`] would start. Starts none.
pub async fn has_browser() -> bool {
    let found = tokio::task::spawn_blocking(webbrowser::Browser::is_available);
    surroundings().has_desktop() && found.await.unwrap_or(false)
}

/// Where azpat runs. Several can hold at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each holds or not, whatever the others do")]
pub struct Surroundings {
    /// The person sits at another computer.
    pub ssh: bool,
    /// Linux on Windows, whose browser can be opened.
    pub wsl: bool,
    pub container: bool,
    /// A build that nobody watches.
    pub ci: bool,
    /// Windows can be shown: X11, Wayland, or a system that always can.
    pub display: bool,
}

impl Surroundings {
    /// Whether a page opened here is seen by the person.
    pub fn has_desktop(self) -> bool {
        !self.ssh && (self.display || self.wsl)
    }
}

/// Where this process runs.
pub fn surroundings() -> Surroundings {
    let variable = |name: &str| std::env::var(name).ok();
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let found = tell(variable, Path::exists, &kernel);
    Surroundings { display: found.display || cfg!(any(windows, target_os = "macos")), ..found }
}

/// The same from what variables, files and the kernel's name say.
fn tell(
    variable: impl Fn(&str) -> Option<String>,
    exists: impl Fn(&Path) -> bool,
    kernel: &str,
) -> Surroundings {
    let is_set = |name: &&str| variable(name).is_some_and(|value| !value.is_empty());
    let is_on = |name: &&str| is_set(name) && variable(name).is_some_and(|it| it != "false");
    let container = ["/.dockerenv", "/run/.containerenv"].iter().any(|it| exists(Path::new(it)))
        || ["container", "KUBERNETES_SERVICE_HOST", "REMOTE_CONTAINERS", "CODESPACES"]
            .iter()
            .any(is_set);
    Surroundings {
        ssh: ["SSH_CONNECTION", "SSH_TTY"].iter().any(is_set),
        // A container on WSL has its kernel, but not its way to Windows.
        wsl: ["WSL_DISTRO_NAME", "WSL_INTEROP"].iter().any(is_set)
            || (!container && kernel.to_lowercase().contains("microsoft")),
        container,
        ci: ["CI", "TF_BUILD", "GITHUB_ACTIONS", "GITLAB_CI", "JENKINS_URL"].iter().any(is_on),
        display: ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(is_set),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)], files: &[&str], kernel: &str) -> Surroundings {
        let variable = |name: &str| {
            let found = variables.iter().find(|(each, _)| *each == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        tell(variable, |path| files.iter().any(|each| Path::new(each) == path), kernel)
    }

    #[test]
    fn places_are_recognised() {
        const NONE: Surroundings =
            Surroundings { ssh: false, wsl: false, container: false, ci: false, display: false };
        let windows = "5.15.153.1-microsoft-standard-WSL2";
        assert_eq!(of(&[], &[], "6.12.0-amd64"), NONE);
        assert_eq!(of(&[("SSH_TTY", ""), ("CI", "false"), ("DISPLAY", "")], &[], ""), NONE);
        assert_eq!(of(&[("SSH_CONNECTION", "1 2")], &[], ""), Surroundings { ssh: true, ..NONE });
        assert_eq!(of(&[], &[], windows), Surroundings { wsl: true, ..NONE });
        assert_eq!(
            of(&[("WSL_DISTRO_NAME", "Debian")], &[], ""),
            Surroundings { wsl: true, ..NONE }
        );
        let docker = Surroundings { container: true, ..NONE };
        assert_eq!(of(&[], &["/.dockerenv"], windows), docker);
        assert_eq!(of(&[], &["/run/.containerenv"], ""), docker);
        assert_eq!(of(&[("container", "podman")], &[], ""), docker);
        assert_eq!(of(&[("CI", "true")], &[], ""), Surroundings { ci: true, ..NONE });
        assert_eq!(of(&[("TF_BUILD", "True")], &[], ""), Surroundings { ci: true, ..NONE });
        assert_eq!(of(&[("DISPLAY", ":0")], &[], ""), Surroundings { display: true, ..NONE });
    }

    #[test]
    fn whereabouts_are_what_is_known() {
        let user = |name: &str| (name == "USER").then(|| "ada".to_owned());
        assert_eq!(joined(&user, Some("build-01\n")), "ada@build-01");
        assert_eq!(joined(&user, None), "ada");
        assert_eq!(joined(&|_| None, Some(" \n")), "azpat");
    }

    #[test]
    fn pages_open_where_the_person_sees_them() {
        let has = |variables: &[_]| of(variables, &[], "").has_desktop();
        assert!(has(&[("DISPLAY", ":0")]) && has(&[("WAYLAND_DISPLAY", "wayland-0")]));
        assert!(has(&[("WSL_INTEROP", "/run/WSL/8_interop")]));
        assert!(!has(&[]) && !has(&[("DISPLAY", ":0"), ("SSH_TTY", "/dev/pts/1")]));
        assert!(!has(&[("WSL_DISTRO_NAME", "Debian"), ("SSH_CONNECTION", "1 2")]));
    }
}
