//! What a token is to be able to do, as a command line asks for it, and the consent that full
//! access needs.

use super::output;
use crate::{
    failure::{Failure, FailureKind},
    pat::{
        name, preset,
        scope::{self, Audience},
    },
    text,
};

/// The scope field for these ids and presets, folded; `None`: none was given. Each id is known, or
/// one of those that the token has already.
pub(super) fn scope(
    scopes: &[String],
    presets: &[String],
    has: &str,
) -> Result<Option<String>, Failure> {
    let split = |text: &'_ String| -> Vec<String> {
        text.split([' ', ',']).filter(|id| !id.is_empty()).map(ToOwned::to_owned).collect()
    };
    let mut ids: Vec<String> = scopes.iter().flat_map(split).collect();
    for id in &ids {
        check(id, has)?;
    }
    let presets = presets.iter().filter_map(|id| preset::find(id));
    ids.extend(presets.flat_map(|preset| preset.scopes.iter().cloned()));
    let folded = scope::fold(ids.iter().map(String::as_str));
    Ok(Some(folded.join(" ")).filter(|scope| !scope.is_empty()))
}

/// Whether a token can have this scope.
fn check(id: &str, has: &str) -> Result<(), Failure> {
    let refused = |why| Failure::new(FailureKind::Usage, "choose the scopes of a token", why);
    let shown = text::cut(id, 60);
    match scope::find(id) {
        Some(scope) if scope.audience == Audience::EntraOnly => {
            let why =
                format!("{shown} is a permission of apps in Entra ID, which no token can have");
            Err(refused(why))
        }
        Some(_) => Ok(()),
        None if scope::ids(has).any(|own| own == id) => Ok(()),
        None => {
            let failure = refused(format!("{shown} is no scope of Azure DevOps"));
            let near = scope::offered()
                .map(|scope| (strsim::jaro_winkler(&scope.id, id), &scope.id))
                .filter(|(likeness, _)| *likeness > 0.8)
                .max_by(|a, b| a.0.total_cmp(&b.0));
            Err(match near {
                Some((_, near)) => failure.hint(format!("did you mean {near}?")),
                None => failure.hint("scopes look like vso.code or vso.packaging_write"),
            })
        }
    }
}

/// Refuses a name that would not be readable everywhere.
pub(super) fn check_name(given: &str, attempt: &str) -> Result<(), Failure> {
    let failure = |unfit: name::Unfit| Failure::new(FailureKind::Usage, attempt, unfit.to_string());
    name::check(given).map_err(failure)
}

/// Full access is made by nobody who did not mean it: a flag says so, or a person types the name.
pub(super) fn consent(
    scope: &str,
    name: &str,
    is_given: bool,
    attempt: &str,
) -> Result<(), Failure> {
    if !scope::ids(scope).any(|id| id == scope::FULL_ACCESS) {
        return Ok(());
    }
    output::message("full access: whoever has this token can do everything that you can");
    if is_given {
        return Ok(());
    }
    if !output::can_ask() {
        let why = "full access needs consent, and nobody can be asked, since standard input or error \
                   is no terminal";
        return Err(Failure::new(FailureKind::Usage, attempt, why).hint(
            "--preset and --scope give only what is needed; --allow-full-access means all of it",
        ));
    }
    let name = text::visible(name);
    let answer = output::ask(&format!("Type {name} to give it full access: "));
    if answer.ok().flatten().is_some_and(|answer| answer == name) {
        return Ok(());
    }
    let why = "full access was not confirmed; nothing was sent";
    Err(Failure::new(FailureKind::Cancelled, attempt, why))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(given: &[&str], presets: &[&str], expected: &str) {
        let owned = |texts: &[&str]| texts.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        let scope = scope(&owned(given), &owned(presets), "vso.brand_new vso.code").unwrap();
        assert_eq!(scope.unwrap_or_default(), expected);
    }

    #[test]
    fn ids_and_presets_come_together_folded() {
        check(&["vso.code,vso.build", "vso.code"], &[], "vso.code vso.build");
        check(&["vso.code vso.wiki"], &["push-code"], "vso.wiki vso.code_write");
        check(&[], &["read-packages", "publish-packages"], "vso.packaging_write");
        check(&[" ", ","], &[], "");
    }

    #[test]
    fn scopes_are_known_or_were_there_before() {
        check(&["vso.brand_new"], &[], "vso.brand_new");
        let refused = |id: &str| scope(&[id.to_owned()], &[], "").unwrap_err();
        assert_eq!(refused("vso.codes").hint.as_deref(), Some("did you mean vso.code?"));
        assert!(refused("vso.brand_new").why.contains("is no scope"));
        assert!(refused("vso.pats").why.contains("no token can have"));
    }
}
