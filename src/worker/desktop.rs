//! The browser and the clipboard of this computer.

use crate::failure::{Failure, FailureKind};

/// Opens a page in the user's browser, without a shell.
pub(super) async fn open(url: &str) -> Result<(), Failure> {
    let attempt = "open the browser";
    let by_hand = format!("open {url} yourself");
    if !has_desktop() {
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

/// Whether windows can be opened here: not over SSH, and not on a bare Unix console.
fn has_desktop() -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let is_remote = is_set("SSH_CONNECTION") || is_set("SSH_TTY");
    let has_display = is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
    !is_remote && (has_display || cfg!(any(windows, target_os = "macos")))
}
