//! `azpat rotate`: puts a new token into the place of an old one. The old one is revoked only
//! after the new secret is where it belongs.

use super::{Exit, delivery, find, handover, output, places::Places, session::Session, until};
use crate::{
    cli,
    config::Config,
    failure::Failure,
    operations::rotate,
    pat::scope,
    when::{self, Zone},
};

pub(super) async fn run(what: &cli::Rotate, config: &Config) -> Result<Exit, Failure> {
    let session = Session::open(config).await?;
    let listing = session.listing().await?;
    let now = session.now();
    let old = listing.one(&what.id, now)?;
    let asked = what.end.is_given();
    let to = asked
        .then(|| until::end(what.end.lifetime, what.end.to, now, config.preferences.extend_by));
    let sinks = session.sinks(config, &what.places.sinks)?;
    let places = Places::of(&session.desk.client, &sinks, (what.places.format, now), config);
    let places = places.copying(&session.clipboard);
    let plans = places.plans(&old.organization)?;
    let order = rotate::order(old, to, places.names(), now)?;
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
