//! Changes name, scopes and end of a token with one request, checks what came back field by field,
//! and finds out what became of it when the answer is lost.

use chrono::TimeDelta;
use tokio::time::sleep;

use super::{Confirmation, Edit};
use crate::{
    azure::{Client, Effect, Problem},
    failure::{Failure, FailureKind},
    pat::{
        Pat,
        change::{Change, Field, differences},
        date, scope,
    },
    text,
    when::{self, Zone},
};

/// Changes a token. Only what the change asks for is sent, so nothing else should change; that it
/// did not is checked, too.
pub async fn edit(client: &Client, pat: &Pat, change: &Change) -> Result<Edit, Failure> {
    let edited = |after, confirmation| Edit {
        before: pat.clone(),
        pat: after,
        change: change.clone(),
        confirmation,
    };
    let client = client.as_one();
    match client.update(pat, change).await {
        Ok(after) => Ok(edited(after, Confirmation::Answered)),
        Err(Problem { failure, effect: Effect::None }) => Err(failure),
        Err(problem) => {
            let after = read_back(&client, pat, change, problem).await?;
            Ok(edited(after, Confirmation::ReadBack))
        }
    }
}

/// Reads the token until it shows the change, a few times: the service may still be at it.
async fn read_back(
    client: &Client,
    pat: &Pat,
    change: &Change,
    lost: Problem,
) -> Result<Pat, Failure> {
    let done = if change.only_extends(pat) { "extended" } else { "changed" };
    let wanted = change.applied(pat);
    let mut now = pat.clone();
    for pause in client.limits().looks {
        sleep(pause).await;
        match client.read(pat).await {
            Ok(read) => {
                let has_changed = differences(pat, &read).iter().any(|field| change.asks(*field));
                if has_changed || differences(&wanted, &read).is_empty() {
                    return Ok(read);
                }
                now = read;
            }
            // Both say that there is no such token.
            Err(Problem { effect: Effect::Missing, .. }) if lost.effect == Effect::Missing => {
                return Err(lost.failure);
            }
            Err(problem) => return Err(unconfirmed(done, lost.failure, &problem.failure)),
        }
    }
    let is = if change.only_extends(pat) {
        format!("still ends {}", when::day(now.valid_to, Zone::utc()))
    } else {
        "is as it was".to_owned()
    };
    let hint = match lost.effect {
        Effect::Missing => "reload the list: it may have been revoked meanwhile",
        Effect::None | Effect::Unknown => "try again",
    };
    Err(Failure {
        why: format!("not {done}: {}; the token {is}", lost.failure.why),
        hint: Some(hint.to_owned()),
        ..lost.failure
    })
}

fn unconfirmed(done: &str, lost: Failure, unread: &Failure) -> Failure {
    Failure {
        kind: FailureKind::Unconfirmed,
        why: format!(
            "{}; whether it was {done} is not known, since it cannot be read: {}",
            lost.why, unread.why
        ),
        hint: Some("reload and look at it before trying again".to_owned()),
        ..lost
    }
}

impl Edit {
    /// The fields that are not as they should be: not as asked, or changed although nobody asked.
    pub fn deviations(&self) -> Vec<Field> {
        differences(&self.change.applied(&self.before), &self.pat)
    }

    /// What it is now, of that which was asked for: `name "bot", ends 2027-…`.
    pub(super) fn summary(&self) -> String {
        let asked = [Field::Name, Field::Scope, Field::End];
        let asked = asked.into_iter().filter(|field| self.change.asks(*field));
        let each = asked.map(|field| match field {
            Field::End => format!("ends {}", date::format(self.pat.valid_to)),
            Field::Scope => format!("scope {}", text::visible(&self.pat.scope)),
            field => format!("{} {}", title(field), value(&self.pat, field, Zone::utc())),
        });
        each.collect::<Vec<_>>().join(", ")
    }

    /// What is not as it should be, one phrase for each field.
    pub fn told(&self, zone: Zone) -> Vec<String> {
        let each = self.deviations().into_iter().map(|field| match field {
            field if !self.change.asks(field) => altered(&self.pat, field, zone),
            Field::End => self.another_end(zone),
            field => {
                let wanted = value(&self.change.applied(&self.before), field, zone);
                format!("its {} is {}, not {wanted}", title(field), value(&self.pat, field, zone))
            }
        });
        each.collect()
    }

    fn another_end(&self, zone: Zone) -> String {
        let (is, wanted) = (self.pat.valid_to, self.change.valid_to.unwrap_or_default());
        let ends = format!("it ends {}, not {}", when::full(is, zone), when::full(wanted, zone));
        if is > wanted {
            return ends;
        }
        // The service rounds both dates, and 60 days must not read as 59.
        let life = when::span(is - self.pat.valid_from + TimeDelta::minutes(1));
        let (organization, born) = (&self.pat.organization, when::day(self.pat.valid_from, zone));
        format!(
            "{ends}: a policy of {organization} or its tenant allows {life}, counted from the \
             creation on {born}"
        )
    }
}

/// A field that changed although nobody asked, as a phrase.
pub fn altered(pat: &Pat, field: Field, zone: Zone) -> String {
    let value = value(pat, field, zone);
    format!("its {} is now {value}, although that was not asked for", title(field))
}

fn title(field: Field) -> &'static str {
    match field {
        Field::Name => "name",
        Field::Scope => "scope",
        Field::Target => "reach",
        Field::End => "end",
    }
}

/// What a field holds, in words.
fn value(pat: &Pat, field: Field, zone: Zone) -> String {
    match field {
        Field::Name if pat.name.raw().is_empty() => "empty".to_owned(),
        Field::Name => format!("\"{}\"", pat.name),
        Field::Scope => text::visible(&scope::words(&pat.scope)).into_owned(),
        Field::Target if pat.is_global() => "all organizations".to_owned(),
        Field::Target => "one organization".to_owned(),
        Field::End => when::full(pat.valid_to, zone),
    }
}
