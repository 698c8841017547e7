//! Whether a host can be reached at all: one request without the access token, any answer will do.

use std::time::Duration;

use chrono::{DateTime, Utc};
use http::header;
use url::Url;

use super::{
    Limits, Route,
    anonymous::{Anonymous, failed},
};
use crate::{clock, failure::Failure};

/// A host that answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    pub host: String,
    pub route: Route,
    pub status: u16,
    pub took: Duration,
    /// Its clock, in whole seconds.
    pub date: Option<DateTime<Utc>>,
    /// This computer's clock at the same moment.
    pub now: DateTime<Utc>,
}

/// Asks the host of an address that is Microsoft's or this computer's; no other is asked.
pub async fn reach(address: &Url, limits: &Limits) -> Result<Reached, Failure> {
    let host = Anonymous::new(address.clone())?;
    let started = clock::monotonic();
    let answer = host.get(&[], limits).await;
    let answer = answer.map_err(|lost| failed(lost, format!("reach {}", host.name())))?;
    let date = answer.headers.get(header::DATE).and_then(|date| date.to_str().ok());
    let date = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok());
    Ok(Reached {
        host: host.name(),
        route: host.route(),
        status: answer.status.as_u16(),
        took: started.elapsed(),
        date: date.map(|date| date.to_utc()),
        now: clock::now(),
    })
}

/// Where the organizations of a service are asked about.
pub fn front(service: &Url) -> Result<Url, Failure> {
    Anonymous::front(service).map(Anonymous::into_base)
}

/// How connections to an address leave this computer.
pub fn route(address: &Url) -> Result<Route, Failure> {
    Anonymous::new(address.clone()).map(|host| host.route())
}
