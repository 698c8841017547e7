//! The dialogue: each answer is checked at once, and asked for again with the reason.

use uuid::Uuid;

use super::{
    cancelled,
    organizations::{Checked, Service},
    output,
};
use crate::{
    config::{Answers, Draft, SignInMethod, value},
    failure::Failure,
    identity::Tenant,
    pat::Organization,
    text,
};

const REGISTRATION: &str = "
An app registration of your own, once, at portal.azure.com:
  1  Microsoft Entra ID, App registrations, New registration
  2  Platform \"Mobile and desktop applications\", redirect URI http://localhost
  3  API permissions: Azure DevOps, delegated vso.pats, vso.pats_manage, vso.profile
  4  Enter its Application (client) ID here

";

/// Asks for what the flags leave open.
#[derive(Debug)]
pub(super) struct Questions<'a> {
    pub(super) draft: &'a Draft,
    pub(super) service: &'a Service,
}

impl Questions<'_> {
    pub(super) async fn fill(&self, answers: &mut Answers) -> Result<(), Failure> {
        if answers.organizations.is_none() {
            answers.organizations = Some(self.organizations().await?);
        }
        let name = match answers.sign_in.take() {
            Some(name) => name,
            None => sign_in()?,
        };
        let uses_app = !matches!(
            value::sign_in(&name),
            Ok(SignInMethod::AzureCli | SignInMethod::Environment)
        );
        let needs_app = matches!(name.as_str(), "browser" | "device_code");
        answers.sign_in = Some(name);
        if answers.client_id.is_none() && uses_app {
            answers.client_id = Some(client_id(needs_app, self.draft.client_id().as_deref())?);
        }
        // Only an app of one's own is told a tenant.
        if answers.tenant.is_none() && answers.client_id.flatten().is_some() {
            answers.tenant = Some(tenant()?);
        }
        Ok(())
    }

    async fn organizations(&self) -> Result<Vec<Organization>, Failure> {
        loop {
            let question = "Organizations, with commas between them (empty: find all of yours): ";
            let answer = ask(question)?;
            let names = answer.split(',').map(str::trim).filter(|name| !name.is_empty());
            match names.map(value::organization).collect::<Result<Vec<_>, _>>() {
                Err(why) => output::message(why),
                Ok(organizations) => {
                    if self.accepts(&organizations).await? {
                        return Ok(unique(organizations));
                    }
                }
            }
        }
    }

    /// Whether all are there, or are to be taken unchecked.
    async fn accepts(&self, organizations: &[Organization]) -> Result<bool, Failure> {
        for organization in organizations {
            match self.service.check(organization).await {
                Ok(Checked::Good(words)) => output::show(&format!("  {words}\n")),
                Ok(Checked::Unknown(failure)) => {
                    output::failure(&failure);
                    if !yes(&format!("Take {organization} unchecked?"))? {
                        return Ok(false);
                    }
                }
                Err(failure) => {
                    output::failure(&failure);
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }
}

fn unique(organizations: Vec<Organization>) -> Vec<Organization> {
    let mut kept = Vec::new();
    for organization in organizations {
        if !kept.contains(&organization) {
            kept.push(organization);
        }
    }
    kept
}

fn sign_in() -> Result<String, Failure> {
    loop {
        let answer =
            ask("Sign in by auto, browser, device_code, azure_cli or environment (empty: auto): ")?;
        let name = if answer.is_empty() { "auto".to_owned() } else { answer };
        match value::sign_in(&name) {
            Ok(_) => return Ok(name),
            Err(why) => output::message(why),
        }
    }
}

fn client_id(needs_app: bool, present: Option<&str>) -> Result<Option<Uuid>, Failure> {
    let present = present.and_then(|id| Uuid::try_parse(id).ok());
    let empty = match (present, needs_app) {
        (Some(id), _) => format!("; empty: {id}"),
        (None, false) => "; empty: none".to_owned(),
        (None, true) => String::new(),
    };
    loop {
        let answer = ask(&format!("Application (client) ID (? explains{empty}): "))?;
        match answer.as_str() {
            "?" => output::show(REGISTRATION),
            "" if present.is_some() => return Ok(present),
            "" if needs_app => output::message("this way to sign in needs one; ? explains"),
            "" => return Ok(None),
            id => match value::client_id(id) {
                Ok(id) => return Ok(Some(id)),
                Err(why) => output::message(why),
            },
        }
    }
}

fn tenant() -> Result<Option<Tenant>, Failure> {
    loop {
        let answer = ask("Tenant to sign in to first, its id or domain (empty: any): ")?;
        if answer.is_empty() {
            return Ok(None);
        }
        match answer.parse() {
            Ok(tenant) => return Ok(Some(tenant)),
            Err(why) => output::message(format!("\"{}\" {why}", text::visible(&answer))),
        }
    }
}

/// Only a clear yes is one.
pub(super) fn yes(question: &str) -> Result<bool, Failure> {
    let answer = ask(&format!("{question} [y/N] "))?;
    Ok(["y", "yes"].iter().any(|yes| answer.eq_ignore_ascii_case(yes)))
}

fn ask(question: &str) -> Result<String, Failure> {
    match output::ask(question) {
        Ok(Some(answer)) => Ok(answer.trim().to_owned()),
        Ok(None) => Err(cancelled("the input has ended; nothing was written")),
        Err(error) => Err(cancelled(&format!("{error}; nothing was written"))),
    }
}
