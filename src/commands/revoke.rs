//! `azpat revoke`: revokes tokens for good. Every token is found before the first is revoked, and
//! nothing is revoked that was not named to a person or covered by --yes.

use chrono::{DateTime, Utc};
use futures_util::{StreamExt as _, stream};

use super::{Exit, find, output, session::Session, together};
use crate::{
    cli,
    config::Config,
    failure::{Failure, FailureKind},
    operations::Confirmation,
    pat::{Listed, Pat, scope},
    text,
    when::{self, Zone},
};

/// How many revocations are under way at the same time.
const AT_ONCE: usize = 4;

pub(super) async fn run(what: &cli::Revoke, config: &Config) -> Result<Exit, Failure> {
    let must_ask = !what.yes && !what.dry_run;
    if must_ask && !output::can_ask() {
        let why = "nobody can be asked, since standard input or error is no terminal";
        return Err(Failure::new(FailureKind::Usage, "revoke", why)
            .hint("--yes revokes without asking; --dry-run shows what would be revoked"));
    }
    let session = Session::open(config).await?;
    let listing = session.listing().await?;
    let now = session.now();
    let mut pats: Vec<&Pat> = Vec::new();
    for wanted in &what.ids {
        let pat = listing.one(wanted, now)?;
        if !pats.iter().any(|other| other.id == pat.id) {
            pats.push(pat);
        }
    }
    let (over, alive): (Vec<&Pat>, Vec<&Pat>) =
        pats.into_iter().partition(|pat| pat.listed == Listed::Revoked);
    for pat in &over {
        output::result(&format!("{} was revoked already\n", find::named(pat)))?;
    }
    if what.dry_run {
        for pat in &alive {
            output::result(&format!("would revoke {}\n", find::named(pat)))?;
        }
        return Ok(Exit::DONE);
    }
    if must_ask && !alive.is_empty() {
        confirm(&alive, now)?;
    }
    revoke_all(&session, &alive, over.len()).await
}

async fn revoke_all(session: &Session, pats: &[&Pat], done: usize) -> Result<Exit, Failure> {
    let revocations = pats.iter().map(async |pat| (*pat, session.desk.revoke(pat).await));
    let mut revocations = stream::iter(revocations).buffered(AT_ONCE);
    let (mut done, mut failures, mut unwritten) = (done, Vec::new(), None);
    while let Some((pat, result)) = revocations.next().await {
        match result {
            Ok(revocation) => {
                done += 1;
                let lost = match revocation.confirmation {
                    Confirmation::Answered => "",
                    Confirmation::ReadBack => " (the answer was lost; the token was read again)",
                };
                // What was ordered is carried out, also if nobody reads the results any more.
                let line = format!("revoked {}{lost}\n", find::named(pat));
                unwritten = output::result(&line).err().or(unwritten);
            }
            Err(failure) => {
                output::failure(&failure);
                failures.push(failure);
            }
        }
    }
    unwritten.map_or(Ok(together(done, &failures)), Err)
}

/// Shows what would be lost and waits for the right word.
fn confirm(pats: &[&Pat], now: DateTime<Utc>) -> Result<(), Failure> {
    let word = word(pats);
    let tokens: Vec<_> = pats.iter().map(|pat| described(pat, now)).collect();
    let question = format!(
        "Revoking is final: whatever uses these tokens stops working.\n{}Type {word} to revoke: ",
        tokens.concat()
    );
    let answer = output::ask(&question).ok().flatten().unwrap_or_default();
    if answer == word {
        return Ok(());
    }
    Err(Failure::new(FailureKind::Cancelled, "revoke", "it was not confirmed; nothing was revoked"))
}

fn described(pat: &Pat, now: DateTime<Utc>) -> String {
    let reach = if pat.is_global() { ", valid in all organizations" } else { "" };
    let scopes = scope::words(&pat.scope);
    let (scopes, end) = (text::visible(&scopes), when::end(pat.valid_to, now, Zone::Local));
    format!("  {}{reach}\n    may: {scopes}\n    ends: {end}\n", find::named(pat))
}

/// What a person has to type: more than a reflex where more is lost.
fn word(pats: &[&Pat]) -> String {
    match pats {
        [pat] if pat.is_full_access() => pat.name.to_string(),
        [_] => "revoke".to_owned(),
        many => many.len().to_string(),
    }
}
