//! Believable tokens in any number, the same for the same seed and moment. It touches no clock.

use std::sync::LazyLock;

use chrono::{DateTime, TimeDelta, Utc};
use fastrand::Rng;

use super::date;
use super::ledger::{Contents, Organization, Owner, Token};
use super::policy::SCOPES;
use super::world::id;

const PURPOSES: [&str; 28] = [
    "ci",
    "nuget",
    "npm",
    "maven",
    "laptop",
    "terraform",
    "release",
    "wiki-sync",
    "backup",
    "sonar",
    "grafana",
    "jenkins",
    "renovate",
    "helm",
    "agent-pool",
    "packer",
    "ansible",
    "docs",
    "mirror",
    "audit",
    "slack-bot",
    "power-bi",
    "excel",
    "vscode",
    "onboarding",
    "load-test",
    "sbom",
    "cleanup",
];

const DEEDS: [&str; 16] = [
    "deploy", "publish", "git", "restore", "sync", "read", "build", "export", "import", "scan",
    "report", "mirror", "trigger", "metrics", "promote", "hotfix",
];

const PLACES: [&str; 14] = [
    "prod", "staging", "test", "dev", "eu", "us", "apac", "legacy", "platform", "mobile", "web",
    "data", "robin", "shared",
];

/// All scopes but full access.
static NARROW: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    SCOPES.iter().map(|scope| scope.id.as_str()).filter(|id| *id != "app_token").collect()
});

const LIVES: [i64; 6] = [7, 30, 60, 90, 180, 365];

/// So many tokens in each organization.
pub(super) fn contents(
    seed: u64,
    organizations: &[(String, usize)],
    now: DateTime<Utc>,
) -> Contents {
    let mut random = Rng::with_seed(seed);
    let owner = Owner {
        id: id(&mut random),
        name: "Robin Doe".to_owned(),
        email: "robin@contoso.com".to_owned(),
    };
    let homes = organizations
        .iter()
        .map(|(name, _)| Organization { id: id(&mut random), name: name.clone() })
        .collect();
    let mut tokens = Vec::with_capacity(organizations.iter().map(|(_, count)| count).sum());
    for (home, (_, count)) in organizations.iter().enumerate() {
        tokens.extend(std::iter::repeat_with(|| token(&mut random, home, now)).take(*count));
    }
    Contents { owner, organizations: homes, tokens }
}

fn token(random: &mut Rng, home: usize, now: DateTime<Utc>) -> Token {
    let life = pick(random, &LIVES) * 86_400;
    let fate = random.u32(0..100);
    // In percent: 70 active, 15 expired, 13 revoked while valid, 2 global and active.
    let age = match fate {
        70..85 => life + random.i64(3_600..200 * 86_400),
        _ => random.i64(0..life - 1_800),
    };
    let valid_from = before(now, age);
    let valid_from = valid_from + TimeDelta::milliseconds(random.i64(0..1000));
    Token {
        id: id(random),
        name: name(random),
        scope: scope(random),
        home,
        global: fate >= 98,
        valid_from: date::stored(valid_from),
        valid_to: date::stored(before(valid_from, -life)),
        revoked: (85..98).contains(&fate),
        digest: None,
    }
}

fn before(at: DateTime<Utc>, seconds: i64) -> DateTime<Utc> {
    TimeDelta::try_seconds(seconds).and_then(|span| at.checked_sub_signed(span)).unwrap_or(at)
}

fn name(random: &mut Rng) -> String {
    let purpose = pick(random, &PURPOSES);
    match random.u32(0..10) {
        0 | 1 => format!("{purpose}-{}", pick(random, &DEEDS)),
        2 => format!("{purpose}-{}-{}", pick(random, &PLACES), random.u32(1..40)),
        3 => format!("{purpose} {} ({})", pick(random, &DEEDS), pick(random, &PLACES)),
        _ => format!("{purpose}-{}-{}", pick(random, &DEEDS), pick(random, &PLACES)),
    }
}

/// One to four scopes in the order of the catalogue, or full access for one token in twenty-five.
fn scope(random: &mut Rng) -> String {
    if random.u32(0..25) == 0 {
        return "app_token".to_owned();
    }
    let count = pick(random, &[1, 1, 1, 2, 2, 3, 4]);
    let mut places: Vec<usize> =
        std::iter::repeat_with(|| random.usize(0..NARROW.len())).take(count).collect();
    places.sort_unstable();
    places.dedup();
    places.into_iter().filter_map(|place| NARROW.get(place).copied()).collect::<Vec<_>>().join(" ")
}

fn pick<T: Copy + Default>(random: &mut Rng, from: &[T]) -> T {
    from.get(random.usize(0..from.len())).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;
    use crate::emulator::ledger::Status;

    fn two(seed: u64, now: DateTime<Utc>) -> Contents {
        contents(seed, &[("contoso".to_owned(), 2000), ("fabrikam".to_owned(), 10)], now)
    }

    #[test]
    fn the_seed_and_the_moment_decide_everything() {
        let now = clock::now();
        let (first, second) = (two(7, now), two(7, now));
        assert_eq!((first.owner, first.organizations), (second.owner, second.organizations));
        assert_eq!(first.tokens, second.tokens);
        assert_ne!(first.tokens, two(8, now).tokens);
    }

    #[test]
    fn most_tokens_are_active_and_a_few_are_special() {
        let now = clock::now();
        let tokens = two(7, now).tokens;
        let share = |of: &dyn Fn(&Token) -> bool| {
            tokens.iter().filter(|token| of(token)).count() * 100 / tokens.len()
        };
        assert!((65..78).contains(&share(&|token| token.status(now) == Status::Active)));
        assert!((11..19).contains(&share(&|token| token.status(now) == Status::Expired)));
        assert!((9..17).contains(&share(&|token| token.status(now) == Status::Revoked)));
        assert!((1..5).contains(&share(&|token| token.global)));
        assert!((2..7).contains(&share(&|token| token.scope == "app_token")));
        assert!(
            tokens.iter().all(|token| token.valid_from < now && token.valid_from < token.valid_to)
        );
    }
}
