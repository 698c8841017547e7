//! A token in the keyring: a head item with a line about the token and its first bytes, and parts
//! for the rest, since Windows takes 2,560 bytes an item. New parts are written beside the old
//! ones and the head after them, so that a reader gets the old token or the new one.

use secrecy::zeroize::Zeroizing;
use sha2::{Digest as _, Sha256};

use super::{keyring::Keyring, trouble::Trouble};
use crate::secret::RefreshToken;

/// The most bytes in an item.
pub(super) const ITEM: usize = 2048;
/// The room in the head for the line about the token.
const LINE: usize = 128;
/// The most parts besides the head. Refresh tokens are about 1,500 bytes long.
pub(super) const PARTS: usize = 7;
/// Begins the line, with the version of this form.
const MARK: &str = "azpat1";

/// The line in the head: where the parts are, how many, and the digest of the whole token.
#[derive(Debug, PartialEq, Eq)]
struct Head {
    /// Which of two places for parts, 0 or 1.
    side: usize,
    parts: usize,
    digest: String,
}

impl Head {
    fn line(&self) -> String {
        format!("{MARK} {} {} {}\n", self.side, self.parts, self.digest)
    }

    /// The head and the token's first bytes.
    fn parse(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let end = bytes.iter().take(LINE).position(|byte| *byte == b'\n')?;
        let (line, rest) = bytes.split_at_checked(end)?;
        let mut words = std::str::from_utf8(line).ok()?.split(' ');
        if words.next() != Some(MARK) {
            return None;
        }
        let side = words.next()?.parse().ok().filter(|side| *side < 2)?;
        let parts = words.next()?.parse().ok().filter(|parts| *parts <= PARTS)?;
        let digest = words.next()?.to_owned();
        Some((Self { side, parts, digest }, rest.get(1..)?))
    }
}

/// The token under this name.
pub(super) fn get(keyring: &mut Keyring, entry: &str) -> Result<Option<RefreshToken>, Trouble> {
    // Between head and parts another process may replace both; then the next look fits.
    for _ in 0..3 {
        let Some(head) = keyring.read(entry)?.map(Zeroizing::new) else { return Ok(None) };
        let Some((head, first)) = Head::parse(&head) else { return Err(Trouble::Damaged) };
        if let Some(token) = joined(keyring, entry, &head, first)? {
            return Ok(Some(token));
        }
    }
    Err(Trouble::Damaged)
}

/// `None` if the parts do not belong to the head.
fn joined(
    keyring: &mut Keyring,
    entry: &str,
    head: &Head,
    first: &[u8],
) -> Result<Option<RefreshToken>, Trouble> {
    let mut bytes = Zeroizing::new(first.to_vec());
    for part in 0..head.parts {
        let Some(part) = keyring.read(&item(entry, head.side, part))? else { return Ok(None) };
        bytes.extend_from_slice(&Zeroizing::new(part));
    }
    let fits = digest(&bytes) == head.digest;
    Ok(std::str::from_utf8(&bytes).ok().filter(|_| fits).map(RefreshToken::new))
}

/// Writes the token, reads it back, then removes the parts of the one before.
pub(super) fn put(keyring: &mut Keyring, entry: &str, token: &RefreshToken) -> Result<(), Trouble> {
    let bytes = token.expose().as_bytes();
    let (first, rest) = bytes.split_at_checked(ITEM - LINE).unwrap_or((bytes, &[]));
    let parts = rest.chunks(ITEM);
    if parts.len() > PARTS {
        return Err(Trouble::TooLong);
    }
    let old = keyring.read(entry)?.map(Zeroizing::new);
    let old = old.as_deref().and_then(|old| Head::parse(old));
    let side = old.map_or(0, |(old, _)| 1 - old.side);
    for (number, part) in parts.clone().enumerate() {
        keyring.write(&item(entry, side, number), part)?;
    }
    let head = Head { side, parts: parts.len(), digest: digest(bytes) };
    let head = Zeroizing::new([head.line().as_bytes(), first].concat());
    keyring.write(entry, &head)?;
    if get(keyring, entry)?.as_ref() != Some(token) {
        return Err(Trouble::Differs);
    }
    // The token is safe. Old parts that stay are removed by the next write or with the entry.
    erase(keyring, entry, 1 - side, 0).and_then(|()| erase(keyring, entry, side, parts.len())).ok();
    Ok(())
}

/// Removes the head, then all parts that there could be, also those of a write that was cut off.
pub(super) fn delete(keyring: &mut Keyring, entry: &str) -> Result<(), Trouble> {
    keyring.erase(entry)?;
    erase(keyring, entry, 0, 0)?;
    erase(keyring, entry, 1, 0)
}

/// Removes the parts of a side from this number on.
fn erase(keyring: &mut Keyring, entry: &str, side: usize, from: usize) -> Result<(), Trouble> {
    (from..PARTS).try_for_each(|part| keyring.erase(&item(entry, side, part)))
}

/// The name of a part.
pub(super) fn item(entry: &str, side: usize, part: usize) -> String {
    format!("{entry} part {side}.{part}")
}

fn digest(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}
