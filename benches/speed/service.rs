//! An emulator in this process, which the program under test takes for Azure DevOps.

use azpat::emulator::{Emulator, Options};
use tokio::runtime::Runtime;

/// A running emulator with what serves it.
pub(crate) struct Service {
    pub(crate) emulator: Emulator,
    // Dropped last: the emulator's tasks run on it.
    _runtime: Runtime,
}

impl Service {
    /// Organizations with so many tokens each.
    pub(crate) fn start(organizations: &[(&str, usize)]) -> anyhow::Result<Self> {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let emulator = runtime.block_on(Emulator::start(Options::generated(organizations)))?;
        Ok(Self { emulator, _runtime: runtime })
    }

    /// The variables that lead azpat to it.
    pub(crate) fn variables(&self) -> Vec<(&'static str, String)> {
        let url = self.emulator.url().to_string();
        vec![
            ("AZPAT_ACCESS_TOKEN", self.emulator.access_token().to_owned()),
            ("AZPAT_SERVICE_URL", url.clone()),
            ("AZPAT_PROFILE_URL", url),
            ("AZPAT_ORGANIZATIONS", self.emulator.organizations().join(",")),
        ]
    }
}
