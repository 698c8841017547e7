//! `azpat resume`: what was begun and not ended, what exists of it, and how it goes on. Without an
//! order to it nothing changes at the service.

use serde::Serialize;

use super::{Exit, find, handover::TELL, output, record, session::Session, together};
use crate::{
    cli::{self, TableOrJson},
    config::Config,
    failure::Failure,
    journal::{Item, Stage},
    operations::resume::{Finding, Verdict, Way, told, verb},
    pat::{Pat, date},
    text,
    when::{self, Zone},
};

pub(super) async fn run(what: &cli::Resume, config: &Config) -> Result<Exit, Failure> {
    let session = Session::open(config).await?;
    let desk = &session.desk;
    if what.finish.is_empty() && what.roll_back.is_empty() && what.leave.is_empty() {
        let findings = if what.dry_run { desk.look().await? } else { desk.left().await? };
        return show(&findings, what.format);
    }
    let (mut done, mut failures) = (0, Vec::new());
    let orders =
        [(Way::Finish, &what.finish), (Way::RollBack, &what.roll_back), (Way::Leave, &what.leave)];
    for (way, items) in orders {
        for id in items {
            let gone_on = if what.dry_run {
                desk.would(*id, way).await.map(|goes| would(way, goes.as_ref()))
            } else {
                desk.go_on(*id, way, TELL).await.map(|revocation| way.done(revocation))
            };
            match gone_on {
                Ok(sentence) => {
                    done += 1;
                    output::result(&format!("item {id}: {sentence}\n"))?;
                }
                Err(failure) => {
                    output::failure(&failure);
                    failures.push(failure);
                }
            }
        }
    }
    Ok(together(done, &failures))
}

/// What would be done, and to which token.
fn would(way: Way, goes: Option<&Pat>) -> String {
    let verb = match way {
        Way::Finish => "finish",
        Way::RollBack => "roll back",
        Way::Leave => return "would leave it as it is".to_owned(),
    };
    match goes {
        Some(pat) => format!("would {verb} and revoke {}", find::named(pat)),
        None => format!("would {verb}; nothing is to be revoked"),
    }
}

fn show(findings: &[Finding], format: TableOrJson) -> Result<Exit, Failure> {
    match format {
        TableOrJson::Json => {
            let rows: Vec<_> = findings.iter().map(Row::new).collect();
            output::result(&record::json(&rows)?)?;
        }
        TableOrJson::Table if findings.is_empty() => output::message("nothing is left to do"),
        TableOrJson::Table => {
            for finding in findings {
                output::result(&described(finding))?;
            }
        }
    }
    let failures: Vec<_> = findings
        .iter()
        .filter_map(|finding| match &finding.verdict {
            Verdict::Unknown(failure) => Some(failure.clone()),
            _ => None,
        })
        .collect();
    Ok(together(findings.len() - failures.len(), &failures))
}

/// An item for people: what it is, what exists, how it goes on.
fn described(finding: &Finding) -> String {
    let Item { id, since, intent, .. } = &finding.item;
    let verb = verb(&finding.item);
    let (name, organization) = (text::cut(&intent.name, 60), &intent.organization);
    let begun = when::full(*since, Zone::Local);
    let what = told(finding);
    format!(
        "item {id}: {verb} {name} in {organization}, begun {begun}\n  {what}\n  {}\n",
        next(finding)
    )
}

/// How it goes on.
fn next(finding: &Finding) -> String {
    let id = finding.item.id;
    let has_old = finding.item.intent.old.is_some();
    match &finding.verdict {
        Verdict::Nothing | Verdict::Done => "nothing is left to do; this is not shown again".into(),
        Verdict::NotYet => "look again in ten minutes".into(),
        Verdict::Orphan(_) => format!("--roll-back {id} revokes the new token"),
        Verdict::PerhapsDelivered(_) if has_old => format!(
            "look there: if it works, --finish {id} revokes the old token; if not, \
             --roll-back {id} revokes the new one"
        ),
        Verdict::PerhapsDelivered(_) => format!(
            "look there: if it works, --finish {id} ends this; if not, --roll-back {id} revokes it"
        ),
        Verdict::OldStillLives(_) => {
            format!("--finish {id} revokes the old token; --roll-back {id} revokes the new one")
        }
        Verdict::NewIsOver => format!("rotate it again after --leave {id}"),
        Verdict::Ambiguous(_) => {
            format!("revoke those that nobody needs, with `azpat revoke`; then --leave {id}")
        }
        Verdict::Unknown(_) => "look again when the service can be reached".into(),
    }
}

/// An item in a machine's words.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    item: String,
    action: &'static str,
    since: String,
    display_name: &'a str,
    organization: &'a str,
    /// How far it came, as far as this computer knows.
    stage: &'static str,
    /// What exists at the service.
    exists: &'static str,
    old_authorization_id: Option<String>,
    /// One, unless it is not certain which is the new token.
    new_authorization_ids: Vec<String>,
    sinks: &'a [String],
    can_finish: bool,
    can_roll_back: bool,
    /// Nothing is left to do; it is not shown again.
    is_settled: bool,
    in_words: String,
}

impl<'a> Row<'a> {
    fn new(finding: &'a Finding) -> Self {
        let Finding { item, verdict, .. } = finding;
        let new = match verdict {
            Verdict::Ambiguous(several) => several.iter().map(|pat| pat.id).collect(),
            _ => Vec::from_iter(verdict.new_token().map(|pat| pat.id).or(item.stage.new_token())),
        };
        Self {
            item: item.id.to_string(),
            action: verb(item),
            since: date::format(item.since),
            display_name: &item.intent.name,
            organization: item.intent.organization.as_str(),
            stage: match item.stage {
                Stage::Intended => "intended",
                Stage::Asked { .. } => "asked",
                Stage::Created { .. } => "created",
                Stage::Delivering { .. } => "delivering",
                Stage::Delivered { .. } => "delivered",
            },
            exists: match verdict {
                Verdict::Nothing => "nothing",
                Verdict::NotYet => "nothingYet",
                Verdict::Orphan(_) => "newWithoutSecret",
                Verdict::PerhapsDelivered(_) => "newPerhapsDelivered",
                Verdict::OldStillLives(_) => "newAndOld",
                Verdict::Done => "done",
                Verdict::NewIsOver => "oldOnly",
                Verdict::Ambiguous(_) => "ambiguous",
                Verdict::Unknown(_) => "unknown",
            },
            old_authorization_id: item.intent.old.map(|id| id.to_string()),
            new_authorization_ids: new.iter().map(ToString::to_string).collect(),
            sinks: &item.intent.sinks,
            can_finish: verdict.can_finish(),
            can_roll_back: verdict.new_token().is_some(),
            is_settled: verdict.is_settled(),
            in_words: told(finding),
        }
    }
}
