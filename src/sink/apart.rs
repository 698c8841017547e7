//! Which places keep the secrets of several organizations beside each other. In the others the
//! last one would take the place of those before it.

use super::Sink;
use crate::config::{SinkKind, SinkSettings};

impl Sink {
    /// Whether each organization has a place of its own in it.
    pub fn keeps_apart(&self) -> bool {
        let SinkSettings { key, registry, user, command, .. } = &self.settings;
        match self.kind() {
            SinkKind::Keyring => true,
            SinkKind::Git => user.is_none(),
            SinkKind::Npmrc => registry.is_none(),
            SinkKind::Maven | SinkKind::Nuget => key.is_none(),
            SinkKind::Pip | SinkKind::Pypirc => key.is_none() && registry.is_none(),
            SinkKind::Command => command.iter().any(|word| word.contains("{organization}")),
            // `.netrc` has one login for a host.
            SinkKind::Stdout | SinkKind::Clipboard | SinkKind::Netrc | SinkKind::Env => false,
        }
    }
}
