//! The form in which a token is made: what was typed and chosen, and what is wrong with it. It is
//! checked here before anything is sent; what the service refuses comes back to its field.

use chrono::{DateTime, TimeDelta, Utc};
use tui_input::Input;

use super::{
    picker::Picker,
    stepper::{Choice, Stepper, Unusable},
};
use crate::{
    effect::OrderId,
    failure::Failure,
    operations::{NewPat, split},
    pat::{
        Organization, Pat,
        change::{self, Change, Ground},
        name, preset, scope,
    },
    text::Untrusted,
    when::Zone,
};

/// What has to be typed before a token with full access is made.
pub const CONSENT: &str = "full access";

/// One line of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Name,
    Organization,
    End,
    Scopes,
    /// Only for full access.
    Consent,
    /// The button.
    Send,
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub field: Field,
    pub text: String,
    pub hint: Option<String>,
}

impl Fault {
    fn new(field: Field, text: &impl ToString) -> Self {
        Self { field, text: text.to_string(), hint: None }
    }

    /// What the service refused, at the field that can cure it.
    pub fn of(failure: &Failure) -> Self {
        let field = match failure.ground.map(Ground::field) {
            Some(change::Field::Name) => Field::Name,
            Some(change::Field::Scope) => Field::Scopes,
            Some(change::Field::Target) => Field::Organization,
            Some(change::Field::End) => Field::End,
            None => Field::Send,
        };
        // At the button nothing else says what was attempted.
        let text = if field == Field::Send { failure.to_string() } else { failure.why.clone() };
        Self { field, text, hint: failure.hint.clone() }
    }
}

/// What comes of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    New,
    /// Like the token of this name.
    Clone(Untrusted),
    /// In the place of this global token, in one organization.
    Successor(Box<Pat>),
    /// This token changes.
    Edit(Box<Pat>),
}

/// What is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    Create(NewPat),
    Edit(Box<Pat>, Change),
}

/// A token in the making.
#[derive(Clone, Debug)]
pub struct Form {
    pub purpose: Purpose,
    pub name: Input,
    /// The name as long as none is typed.
    pub suggestion: String,
    /// What a suggestion ends with; empty: it does not follow the purpose.
    pub place_and_day: String,
    pub organizations: Vec<Organization>,
    /// Which of them.
    pub organization: usize,
    pub end: Stepper,
    /// The ids of the scopes, verbatim.
    pub scopes: Vec<String>,
    pub consent: Input,
    pub focus: Field,
    /// Open while scopes are chosen.
    pub picker: Option<Picker>,
    /// What was wrong when it was to be sent last.
    pub faults: Vec<Fault>,
    /// Sent, and not answered yet.
    pub sent: Option<OrderId>,
}

impl Form {
    /// An empty form.
    pub fn new(organizations: Vec<Organization>, organization: usize, span: TimeDelta) -> Self {
        Self {
            purpose: Purpose::New,
            name: Input::default(),
            suggestion: String::new(),
            place_and_day: String::new(),
            organizations,
            organization,
            end: Stepper::new(Vec::new(), span),
            scopes: Vec::new(),
            consent: Input::default(),
            focus: Field::Name,
            picker: None,
            faults: Vec::new(),
            sent: None,
        }
    }

    /// Like a token there is, in its own organization where that can be.
    pub fn like(pat: &Pat, organizations: Vec<Organization>, span: TimeDelta) -> Self {
        let at = organizations.iter().position(|organization| *organization == pat.organization);
        Self {
            purpose: Purpose::Clone(pat.name.clone()),
            suggestion: pat.name.raw().to_owned(),
            scopes: scope::ids(&pat.scope).map(str::to_owned).collect(),
            ..Self::new(organizations, at.unwrap_or_default(), span)
        }
    }

    /// The same for one organization, ready to be sent.
    pub fn successor(old: &Pat, organization: Organization) -> Self {
        let life = split::life(old);
        let mut form = Self::like(old, vec![organization], life);
        form.purpose = Purpose::Successor(Box::new(old.clone()));
        form.end = Stepper::replacing(old.id, life);
        form.focus = if form.wants_consent() { Field::Consent } else { Field::Send };
        form
    }

    /// The token as it is, to be changed.
    pub fn of(pat: &Pat, span: TimeDelta) -> Self {
        let mut form = Self::like(pat, vec![pat.organization.clone()], span);
        form.purpose = Purpose::Edit(Box::new(pat.clone()));
        form.end.choices.insert(0, Choice::Keep);
        form.end.chosen = 0;
        form
    }

    /// Suggests a name by purpose, place and day: `push-code ada@build-01 2026-11-24`.
    pub fn suggest(&mut self) {
        if self.place_and_day.is_empty() {
            return;
        }
        let purpose = preset::all().iter().find(|preset| preset.scopes == self.scopes);
        self.suggestion = match purpose {
            Some(preset) => format!("{} {}", preset.id, self.place_and_day),
            None => self.place_and_day.clone(),
        };
    }

    /// What it is called: as typed, else as suggested.
    pub fn called(&self) -> &str {
        if self.name.value().is_empty() { &self.suggestion } else { self.name.value() }
    }

    /// The organization that it is for.
    pub fn place(&self) -> Option<&Organization> {
        self.organizations.get(self.organization)
    }

    /// The scopes as the service wants them.
    pub fn scope(&self) -> String {
        self.scopes.join(" ")
    }

    /// Whether it may do everything that its owner may.
    pub fn has_full_access(&self) -> bool {
        self.scopes.iter().any(|id| id == scope::FULL_ACCESS)
    }

    /// Whether it would be given full access that it does not have.
    fn wants_consent(&self) -> bool {
        let had = matches!(&self.purpose, Purpose::Edit(before) if before.is_full_access());
        self.has_full_access() && !had
    }

    /// What would change, as it stands; `None` where a token is made.
    pub fn change(&self, end: Option<DateTime<Utc>>) -> Option<(&Pat, Change)> {
        let Purpose::Edit(before) = &self.purpose else { return None };
        let change = Change {
            name: Some(self.called().to_owned()),
            scope: Some(self.scope()),
            valid_to: end,
        };
        Some((before, change.beyond(before)))
    }

    /// The end that is chosen; `None`: as it is.
    pub fn chosen_end(
        &self,
        latest: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
        zone: Zone,
    ) -> Result<Option<DateTime<Utc>>, Unusable> {
        match self.end.end(latest, now, zone) {
            Err(Unusable::Kept) => Ok(None),
            end => end.map(Some),
        }
    }

    /// The fields there are, from the top.
    pub fn fields(&self) -> Vec<Field> {
        let mut fields = vec![Field::Name, Field::Organization, Field::End, Field::Scopes];
        if let Purpose::Edit(_) = self.purpose {
            // Where a token is valid cannot be changed.
            fields.retain(|field| *field != Field::Organization);
        }
        if self.wants_consent() {
            fields.push(Field::Consent);
        }
        fields.push(Field::Send);
        fields
    }

    /// Moves the focus, and stops at the ends.
    pub fn step(&mut self, by: isize) {
        let fields = self.fields();
        let at = fields.iter().position(|field| *field == self.focus).unwrap_or_default();
        let next = at.saturating_add_signed(by).min(fields.len().saturating_sub(1));
        self.focus = fields.get(next).copied().unwrap_or(Field::Send);
    }

    /// What is wrong with a field, as far as it was looked at.
    pub fn fault(&self, field: Field) -> Option<&Fault> {
        self.faults.iter().find(|fault| fault.field == field)
    }

    /// What is asked for, or everything that is wrong with it.
    pub fn check(
        &self,
        latest: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
        zone: Zone,
    ) -> Result<Request, Vec<Fault>> {
        let mut faults = Vec::new();
        let is_kept =
            matches!(&self.purpose, Purpose::Edit(pat) if pat.name.raw() == self.called());
        if let (Err(unfit), false) = (name::check(self.called()), is_kept) {
            faults.push(Fault::new(Field::Name, &unfit));
        }
        if self.place().is_none() {
            faults.push(Fault::new(Field::Organization, &"no organization of yours is known yet"));
        }
        let end = self.chosen_end(latest, now, zone);
        if let Err(unusable) = &end {
            faults.push(Fault::new(Field::End, unusable));
        }
        if self.scopes.is_empty() {
            faults.push(Fault::new(Field::Scopes, &"choose what it may do: Enter"));
        }
        if self.wants_consent() && self.consent.value().trim() != CONSENT {
            let text = format!("type {CONSENT} to give it every right that you have");
            faults.push(Fault::new(Field::Consent, &text));
        }
        let Ok(end) = end else { return Err(faults) };
        match (self.change(end), self.place(), end) {
            (Some((before, change)), ..) if faults.is_empty() && !change.is_empty() => {
                Ok(Request::Edit(Box::new(before.clone()), change))
            }
            (Some((_, change)), ..) if change.is_empty() => {
                faults.push(Fault::new(Field::Send, &"nothing is changed yet"));
                Err(faults)
            }
            (None, Some(organization), Some(valid_to)) if faults.is_empty() => {
                Ok(Request::Create(NewPat {
                    organization: organization.clone(),
                    name: self.called().to_owned(),
                    scope: self.scope(),
                    valid_to,
                }))
            }
            _ => Err(faults),
        }
    }
}

#[cfg(test)]
mod tests;
