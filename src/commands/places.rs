//! The places that a new secret goes to together: sinks, and standard output as the last of them.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};

use super::{clipboard::Clipboard, delivery, output, stdout::Stdout};
use crate::{
    azure::Client,
    cli::SecretFormat,
    config::{Config, SinkKind},
    failure::{Failure, FailureKind},
    operations::{self, Creation, NewPat},
    sink::{Delivery, Shown, Sink},
};

/// The places, as one delivery.
pub(super) struct Places<'a> {
    client: &'a Client,
    others: Vec<&'a Sink>,
    stdout: Option<Stdout>,
    /// `None`: nobody would clear it again.
    clipboard: Option<&'a Clipboard>,
    /// One place is enough, and the others are told at the end.
    is_one_enough: bool,
    name: String,
    failures: Mutex<Vec<Failure>>,
}

impl<'a> Places<'a> {
    /// Where nothing is named, standard output is meant.
    pub(super) fn of(
        client: &'a Client,
        sinks: &'a [Sink],
        (format, now): (Option<SecretFormat>, DateTime<Utc>),
        config: &Config,
    ) -> Self {
        let (stdout, others): (Vec<_>, Vec<_>) =
            sinks.iter().partition(|sink| sink.kind() == SinkKind::Stdout);
        let is_wanted = sinks.is_empty() || !stdout.is_empty();
        let format = format.or_else(|| is_wanted.then(SecretFormat::default));
        let thresholds = config.preferences.thresholds;
        let stdout = format.map(|format| Stdout { format, thresholds, now });
        let mut names: Vec<_> = others.iter().map(|sink| sink.name()).collect();
        names.extend(stdout.map(|_| Stdout::NAME));
        let name = names.join(", ");
        Self {
            client,
            others,
            stdout,
            clipboard: None,
            is_one_enough: false,
            name,
            failures: Mutex::default(),
        }
    }

    /// The caller ends it.
    pub(super) fn copying(self, clipboard: &'a Clipboard) -> Self {
        Self { clipboard: Some(clipboard), ..self }
    }

    pub(super) fn one_is_enough(self) -> Self {
        Self { is_one_enough: true, ..self }
    }

    /// Their names, for the journal.
    pub(super) fn names(&self) -> Vec<String> {
        vec![self.name.clone()]
    }

    /// What would be done in the sinks.
    pub(super) fn plans(&self, new: &NewPat) -> Result<Vec<Shown>, Failure> {
        let delivery = Delivery::of_new(new.organization.clone(), &new.name);
        delivery::plans(self.others.iter().copied(), &delivery, self.clipboard)
    }

    /// The places that do not have it, although the delivery counts.
    pub(super) fn failures(&self) -> Vec<Failure> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl operations::Delivery for Places<'_> {
    fn name(&self) -> &str {
        &self.name
    }

    async fn deliver(&self, creation: &Creation) -> Result<(), Failure> {
        let delivery = Delivery::of(&creation.pat);
        let (mut done, mut failures) = (0, Vec::new());
        for sink in &self.others {
            match delivery::deliver(sink, &delivery, &creation.secret, self.clipboard).await {
                Ok(()) => done += 1,
                Err(failure) => failures.push(failure),
            }
        }
        // What is missing elsewhere must not be on standard output as if all were well.
        if let Some(stdout) = self.stdout.filter(|_| self.is_one_enough || failures.is_empty()) {
            match operations::Delivery::deliver(&stdout, creation).await {
                Ok(()) => done += 1,
                Err(failure) => failures.push(failure),
            }
        }
        let is_done = if self.is_one_enough { done > 0 } else { failures.is_empty() };
        if is_done {
            *self.failures.lock().unwrap_or_else(PoisonError::into_inner) = failures;
            return Ok(());
        }
        let reasons: Vec<_> = failures.iter().map(|failure| failure.why.as_str()).collect();
        Err(Failure::new(FailureKind::Service, "deliver the secret", reasons.join("; ")))
    }

    /// Before an old token goes, the new one must work from each place.
    async fn test(&self, creation: &Creation) -> Result<Option<String>, Failure> {
        if self.is_one_enough {
            return Ok(None);
        }
        for sink in &self.others {
            let delivery = Delivery::of(&creation.pat);
            let tested = sink.test(&delivery, &creation.secret, self.client).await?;
            output::message(format!("{}: {}", sink.name(), tested.words));
        }
        Ok(None)
    }
}
