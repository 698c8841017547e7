//! Where the files are that programs read their secrets from. Only names them, opens none.

use std::path::{Path, PathBuf};

use directories::BaseDirs;

use crate::{
    config::{self, Environment, SinkKind, SinkSettings},
    failure::Failure,
    text,
};

/// The folders that everything is counted from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Places {
    /// `None`: not known.
    pub(super) home: Option<PathBuf>,
    configuration: Option<PathBuf>,
    /// azpat's own, for what says who is at a file.
    pub(super) state: Result<PathBuf, Failure>,
    /// Nothing outside the home folder is touched: no keyring, no other program.
    pub(super) is_demo: bool,
}

impl Places {
    pub(super) fn of_user() -> Self {
        let folders = BaseDirs::new();
        Self {
            home: folders.as_ref().map(|folders| folders.home_dir().to_owned()),
            configuration: folders.as_ref().map(|folders| folders.config_dir().to_owned()),
            state: config::state_folder(&Environment::of_process()),
            is_demo: false,
        }
    }

    pub(super) fn demo(folder: &Path) -> Self {
        Self {
            home: Some(folder.to_owned()),
            configuration: Some(folder.join(".config")),
            state: Ok(folder.join("state")),
            is_demo: true,
        }
    }

    /// The file of a sink; `None` where no place for it is known.
    pub(super) fn file(&self, sink: &SinkSettings) -> Option<PathBuf> {
        let home = self.home.as_ref()?;
        if let Some(path) = &sink.path {
            // A whole path stays what it is.
            return Some(home.join(path));
        }
        let configuration = self.configuration.as_ref()?;
        Some(match sink.kind {
            SinkKind::Npmrc => home.join(".npmrc"),
            SinkKind::Maven => home.join(".m2/settings.xml"),
            SinkKind::Nuget if cfg!(windows) => configuration.join(r"NuGet\NuGet.Config"),
            SinkKind::Nuget => home.join(".nuget/NuGet/NuGet.Config"),
            SinkKind::Pip if cfg!(windows) => configuration.join(r"pip\pip.ini"),
            SinkKind::Pip => {
                let usual = configuration.join("pip");
                // On macOS pip looks there only if that folder exists.
                let is_usual = !cfg!(target_os = "macos") || usual.is_dir();
                let folder = if is_usual { usual } else { home.join(".config/pip") };
                folder.join("pip.conf")
            }
            SinkKind::Pypirc => home.join(".pypirc"),
            SinkKind::Netrc => home.join(if cfg!(windows) { "_netrc" } else { ".netrc" }),
            SinkKind::Stdout
            | SinkKind::Clipboard
            | SinkKind::Keyring
            | SinkKind::Git
            | SinkKind::Env
            | SinkKind::Command => return None,
        })
    }

    /// A path for people, safe for a screen.
    pub(super) fn shown(&self, path: &Path) -> String {
        let below = self.home.as_ref().and_then(|home| path.strip_prefix(home).ok());
        let path = below.map_or_else(|| path.to_owned(), |below| Path::new("~").join(below));
        text::visible(&path.to_string_lossy()).into_owned()
    }
}
