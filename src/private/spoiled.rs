//! A thousand ways in which a file of azpat's own may be found: for tests of what reads it.

use fastrand::Rng;

/// The same thousand files at every run: this JSON with bits flipped, bytes lost, added or
/// repeated, cut off, of another version, or something else in its place.
pub(crate) fn thousand(json: &[u8], seed: u64) -> impl Iterator<Item = Vec<u8>> {
    let (json, mut random) = (json.to_vec(), Rng::with_seed(seed));
    (0..1_000).map(move |at| match at % 10 {
        0 => json[..random.usize(..json.len())].to_vec(),
        1 => newer(&json, random.u32(2..)),
        2 => other(&mut random),
        _ => hurt(json.clone(), &mut random),
    })
}

fn newer(json: &[u8], version: u32) -> Vec<u8> {
    let text = String::from_utf8(json.to_vec()).unwrap();
    let (before, after) = text.split_once("\"version\": 1").unwrap();
    format!("{before}\"version\": {version}{after}").into_bytes()
}

/// JSON of another kind, or none at all.
fn other(random: &mut Rng) -> Vec<u8> {
    let whole: [&[u8]; 12] = [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"1e999",
        b"\"version\"",
        b"{\"version\": 1}",
        b"{\"version\": -1}",
        b"{\"version\": 1, \"version\": 1}",
        b"{\"version\": 1, \"accounts\": null, \"bindings\": [], \"entries\": 7}",
        b"SQLite format 3\0",
        b"\xef\xbb\xbf{}",
    ];
    match random.usize(..whole.len() + 2) {
        at if at < whole.len() => whole[at].to_vec(),
        at if at == whole.len() => b"[".repeat(100_000),
        // As a file that somebody has encrypted looks.
        _ => std::iter::repeat_with(|| random.u8(..)).take(300).collect(),
    }
}

fn hurt(mut json: Vec<u8>, random: &mut Rng) -> Vec<u8> {
    for _ in 0..random.usize(1..4) {
        let at = random.usize(..json.len());
        match random.u8(..5) {
            0 => json[at] ^= 1 << random.u8(..8),
            1 => json[at] = random.u8(..),
            2 => json.insert(at, random.u8(..)),
            3 => drop(json.remove(at)),
            _ => {
                let part = json[at..json.len().min(at + 40)].to_vec();
                json.splice(at..at, part);
            }
        }
    }
    json
}
