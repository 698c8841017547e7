//! Writes a secret into a file that its owner named. The file is new and nobody else can read it.

use std::path::{Component, Path, PathBuf};

use crate::{
    failure::{Failure, FailureKind},
    private,
    secret::PatSecret,
};

/// Writes it, and returns where the file is.
pub(super) async fn save(path: PathBuf, secret: PatSecret) -> Result<PathBuf, Failure> {
    let attempt = || format!("write {}", crate::text::visible(&path.to_string_lossy()));
    let cannot = |why: String| Failure::new(FailureKind::Usage, attempt(), why);
    let home = directories::BaseDirs::new().map(|folders| folders.home_dir().to_owned());
    let whole = std::path::absolute(from_home(&path, home.as_deref()))
        .map_err(|error| cannot(error.to_string()))?;
    let written = tokio::task::spawn_blocking(move || {
        private::write_new(&whole, format!("{}\n", secret.expose()).as_bytes()).map(|()| whole)
    });
    written.await.map_err(|error| cannot(error.to_string()))?
}

/// `~` is the home folder, as a shell would have it.
fn from_home(path: &Path, home: Option<&Path>) -> PathBuf {
    let mut parts = path.components();
    match (parts.next(), home) {
        (Some(Component::Normal(first)), Some(home)) if first == "~" => home.join(parts.as_path()),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tilde_is_the_home_folder() {
        let home = Path::new("/home/ada");
        assert_eq!(from_home(Path::new("~/pat"), Some(home)), home.join("pat"));
        assert_eq!(from_home(Path::new("/tmp/~"), Some(home)), Path::new("/tmp/~"));
        assert_eq!(from_home(Path::new("~/pat"), None), Path::new("~/pat"));
    }

    #[tokio::test]
    async fn a_new_file_holds_the_secret_and_an_old_one_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pat");
        let saved = save(path.clone(), PatSecret::new("s3cret")).await.unwrap();
        assert_eq!(
            (saved, std::fs::read_to_string(&path).unwrap()),
            (path.clone(), "s3cret\n".into())
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let failure = save(path.clone(), PatSecret::new("other")).await.unwrap_err();
        assert!(failure.why.contains("there already"), "{failure}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "s3cret\n");
        let failure = save(folder.path().join("no/pat"), PatSecret::new("x")).await.unwrap_err();
        assert!(failure.why.contains("no such folder"), "{failure}");
    }
}
