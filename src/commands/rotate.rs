//! `azpat rotate`: puts a new token into the place of an old one. The old one is revoked only
//! after the new secret is where it belongs.

use chrono::{DateTime, Utc};

use super::{
    Exit, delivery, find, handover, output, places::Places, rotations, session::Session, until,
};
use crate::{
    cli,
    config::Config,
    failure::Failure,
    operations::rotate,
    pat::{Pat, scope},
    when::{self, Zone},
};

pub(super) async fn run(what: &cli::Rotate, config: &Config) -> Result<Exit, Failure> {
    let session = Session::open(config).await?;
    let listing = session.listing().await?;
    let now = session.now();
    let mut olds: Vec<&Pat> = Vec::new();
    for wanted in &what.ids {
        let old = listing.one(wanted, now)?;
        if !olds.iter().any(|other| other.id == old.id) {
            olds.push(old);
        }
    }
    let asked = what.end.is_given();
    let to = asked
        .then(|| until::end(what.end.lifetime, what.end.to, now, config.preferences.extend_by));
    match olds.as_slice() {
        [old] => one(&session, old, (to, now), (what, config)).await,
        _ => rotations::run(&session, &olds, (to, now), (what, config)).await,
    }
}

async fn one(
    session: &Session,
    old: &Pat,
    (to, now): (Option<DateTime<Utc>>, DateTime<Utc>),
    (what, config): (&cli::Rotate, &Config),
) -> Result<Exit, Failure> {
    let sinks = session.sinks(config, &what.places.sinks)?;
    let places = Places::of(&session.desk.client, &sinks, (what.places.format, now), config);
    let places = places.copying(&session.clipboard);
    let order = rotate::order(old, to, places.names(), now)?;
    let plans = places.plans(&order.new)?;
    if old.is_full_access() {
        output::message("full access: whoever has this token can do everything that you can");
    }
    session.tell_limits(&order.new.wish(now)).await;
    if what.dry_run {
        output::result(&format!(
            "would rotate {}: a new token, {}, until {}; then revoke the old one\n{}",
            find::named(old),
            scope::words(&order.new.scope),
            when::full(order.new.valid_to, Zone::Local),
            delivery::shown(&plans),
        ))?;
        return Ok(Exit::DONE);
    }
    output::show(&delivery::shown(&plans));
    session.clipboard.consent(&sinks, what.places.clipboard.copy_by_terminal)?;
    let exit = handover::carry_out(&session.desk, order, std::slice::from_ref(&places)).await;
    session.clipboard.end(exit.is_ok()).await;
    exit
}
