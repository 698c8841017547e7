//! Good bodies with random damage. `AZPAT_MUTATIONS` says how many, `AZPAT_SEED` which.

use std::{env, panic::AssertUnwindSafe};

use fastrand::Rng;
use futures_util::FutureExt as _;

use super::{
    Asked, Read,
    bodies::{first, good, wrong},
    check, ok, read, shown,
};

fn number(variable: &str, otherwise: u64) -> u64 {
    env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

#[tokio::test]
async fn no_damage_is_more_than_a_failure() {
    let (seed, count) = (number("AZPAT_SEED", 1), number("AZPAT_MUTATIONS", 6_000));
    let wrong: Vec<_> =
        wrong().into_iter().map(|(value, _)| value).filter(|value| value.len() < 1_000).collect();
    let mut refused = 0;
    for case in 0..count {
        let mut random = Rng::with_seed(seed.wrapping_mul(1_000_003).wrapping_add(case));
        let asked = Asked::ALL[random.usize(..Asked::ALL.len())];
        let mut body = good(asked).into_bytes();
        for _ in 0..random.usize(1..5) {
            damage(&mut body, &wrong, &mut random);
        }
        let case = format!("AZPAT_SEED={seed}, case {case}, {asked:?} of {}", shown(&body));
        let outcome = AssertUnwindSafe(read(asked, ok(body))).catch_unwind().await.ok();
        match outcome.unwrap_or_else(|| panic!("{case}")) {
            Err(failure) => {
                check(&failure, &case);
                refused += 1;
            }
            Ok(read) => passes(&read, &case),
        }
    }
    assert!(refused > count / 4 && refused < count, "{refused} of {count} refused");
}

/// What was read must be what it may be, however it came about.
fn passes(read: &Read, case: &str) {
    match read {
        Read::Page(page) => {
            assert!(page.next.as_ref().is_none_or(|next| !next.is_empty()), "{case}");
            for pat in &page.pats {
                let name = pat.name.to_string();
                assert!(!name.chars().any(char::is_control), "{case}: {name:?}");
                assert_eq!(pat.organization, first().organization, "{case}");
            }
        }
        Read::Token(pat) => assert_eq!(pat.id, first().id, "{case}"),
        Read::Account(account) => assert!(!account.id.is_empty(), "{case}"),
        Read::Organizations(names) => {
            let plain =
                |name: &String| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            assert!(names.iter().all(plain), "{case}: {names:?}");
        }
        Read::Revoked => {}
    }
}

fn damage(body: &mut Vec<u8>, wrong: &[Vec<u8>], random: &mut Rng) {
    let at = random.usize(..=body.len());
    let end = (at + random.usize(..40)).min(body.len());
    match random.u8(..8) {
        0 => drop(body.drain(at..end)),
        1 => body.truncate(at),
        2 => body.insert(at, random.u8(..)),
        3 => body.iter_mut().skip(at).take(1).for_each(|byte| *byte = random.u8(..)),
        4 => body.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << random.u8(..8)),
        5 => drop(body.splice(at..end, wrong[random.usize(..wrong.len())].clone())),
        6 => {
            let again = body[at..end].to_vec();
            drop(body.splice(at..at, again));
        }
        _ => {
            let other = good(Asked::ALL[random.usize(..Asked::ALL.len())]).into_bytes();
            let from = random.usize(..other.len());
            drop(body.splice(at..end, other.into_iter().skip(from).take(40)));
        }
    }
}
