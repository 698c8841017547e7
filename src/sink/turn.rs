//! One azpat after the other at a file of the user's. The lock is in azpat's own folder, so that
//! nothing is left beside the file.

use std::{path::Path, time::Duration};

use sha2::{Digest as _, Sha256};

use super::places::Places;
use crate::{
    failure::Failure,
    private::{self, Lock},
};

/// A file is a matter of milliseconds, and there may be a crowd.
const PATIENCE: Duration = Duration::from_secs(15);

/// Waits until no other azpat is at this file. Links and other names of it are followed before.
pub(super) async fn turn(file: &Path, places: &Places) -> Result<Lock, Failure> {
    let folder = places.state.clone()?;
    let hash = format!("{:x}", Sha256::digest(file.as_os_str().as_encoded_bytes()));
    let lock = folder.join(format!("sink.{hash:.16}.lock"));
    private::aside(move || private::folder(&folder)).await?;
    Lock::acquire(&lock, PATIENCE).await
}
