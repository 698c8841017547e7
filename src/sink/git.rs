//! git's credential helpers, by git itself. Without a helper git takes a credential and forgets
//! it, so it counts as kept only when git gives it back.

use secrecy::zeroize::Zeroizing;

use super::{Delivery, places::Places, program::Program};
use crate::{
    config::SinkSettings,
    failure::{Failure, FailureKind},
    secret::PatSecret,
};

/// Nobody is to be asked for what was just given.
const SILENT: [(&str, &str); 4] = [
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_ASKPASS", ""),
    ("SSH_ASKPASS", ""),
    ("GCM_INTERACTIVE", "never"),
];

/// The two calls of git, and what the credential is for.
#[derive(Debug)]
pub(super) struct GitPlan {
    approve: Program,
    fill: Program,
    host: String,
    user: String,
}

impl GitPlan {
    pub(super) fn new(
        sink: &SinkSettings,
        places: &Places,
        delivery: &Delivery,
    ) -> Result<Self, Failure> {
        // Never in the current folder: a repository there could name helpers of its own.
        let git = |verb: &str| {
            let words = ["git", "credential", verb].map(str::to_owned);
            Program::find(&words, places.home.as_deref()).map(|git| git.variables(&SILENT))
        };
        let cannot = |why: String| {
            Failure::new(FailureKind::Usage, "give the secret to git", why).hint("install git")
        };
        Ok(Self {
            approve: git("approve").map_err(cannot)?,
            fill: git("fill").map_err(cannot)?,
            host: sink.host.clone().unwrap_or_else(|| "dev.azure.com".to_owned()),
            user: sink.user.clone().unwrap_or_else(|| delivery.organization.to_string()),
        })
    }

    pub(super) fn target(&self) -> String {
        format!("git's credentials for https://{}@{}", self.user, self.host)
    }

    pub(super) async fn carry_out(&self, secret: &PatSecret) -> Result<(), Failure> {
        let cannot = |kind, why: String| Failure::new(kind, "give the secret to git", why);
        let asked = format!("protocol=https\nhost={}\nusername={}\n", self.host, self.user);
        let given = Zeroizing::new(format!("{asked}password={}\n\n", secret.expose()));
        let approved = self.approve.run(given.as_bytes(), secret).await;
        approved.map_err(|why| cannot(FailureKind::Service, format!("git: {why}")))?;
        let filled = self.fill.run(format!("{asked}\n").as_bytes(), secret).await;
        let wanted = Zeroizing::new(format!("password={}", secret.expose()));
        let is_kept = filled.is_ok_and(|ran| {
            ran.output.split(|byte| *byte == b'\n').any(|line| line == wanted.as_bytes())
        });
        if is_kept {
            return Ok(());
        }
        let why = "git does not give it back: no credential helper keeps it";
        Err(cannot(FailureKind::Service, why.to_owned()).hint(
            "choose one with `git config --global credential.helper`, such as `manager`, \
             `libsecret`, `osxkeychain` or `!azpat git-credential`",
        ))
    }
}
