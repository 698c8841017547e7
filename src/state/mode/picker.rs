//! The scopes to choose from: tasks first, then every scope by area. Space chooses; a wider scope
//! takes the place of those that it includes, and a narrower one the place of a wider.

use tui_input::Input;

use crate::{
    pat::{
        preset::{self, Preset},
        scope::{self, Scope},
    },
    state::cursor::Cursor,
};

/// Scopes being chosen.
#[derive(Clone, Debug, Default)]
pub struct Picker {
    pub search: Input,
    pub cursor: Cursor,
    /// The ids that are chosen now, verbatim; the form keeps its own until this is done.
    pub chosen: Vec<String>,
    /// Ids that nobody can choose, but that the token has: unknown ones and those of other programs.
    kept: Vec<String>,
}

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// What a task needs.
    Task(&'static Preset),
    Scope(&'static Scope),
    /// An id that the catalogue does not have.
    Unknown(String),
}

/// How far a row is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    None,
    Chosen,
    /// A wider scope that is chosen includes it.
    Included,
}

impl Picker {
    pub fn new(chosen: Vec<String>) -> Self {
        let is_offered = |id: &String| scope::offered().any(|scope| scope.id == *id);
        let kept = chosen.iter().filter(|id| !is_offered(id)).cloned().collect();
        Self { chosen, kept, ..Self::default() }
    }

    /// What the search finds.
    pub fn found(&self) -> Vec<Row> {
        let wanted = self.search.value().trim().to_lowercase();
        let has = |texts: &[&str]| texts.iter().any(|text| text.to_lowercase().contains(&wanted));
        let tasks = preset::all().iter().filter(|it| has(&[&it.id, &it.title]));
        let kept = self.kept.iter().map(|id| match scope::find(id) {
            Some(scope) => Row::Scope(scope),
            None => Row::Unknown(id.clone()),
        });
        let all = kept.chain(scope::offered().map(Row::Scope));
        let scopes = all.filter(|row| match row {
            Row::Scope(it) => has(&[&it.id, &it.category, &it.access, &it.description]),
            Row::Unknown(id) => has(&[id]),
            Row::Task(_) => false,
        });
        tasks.map(Row::Task).chain(scopes).collect()
    }

    pub fn mark(&self, row: &Row) -> Mark {
        let ids: Vec<&str> = match row {
            Row::Task(preset) => preset.scopes.iter().map(String::as_str).collect(),
            Row::Scope(scope) => vec![&scope.id],
            Row::Unknown(id) => vec![id],
        };
        if ids.iter().all(|id| self.has(id)) {
            Mark::Chosen
        } else if ids.iter().all(|id| self.includes(id)) {
            Mark::Included
        } else {
            Mark::None
        }
    }

    fn has(&self, id: &str) -> bool {
        self.chosen.iter().any(|chosen| chosen == id)
    }

    fn includes(&self, id: &str) -> bool {
        self.chosen.iter().any(|chosen| scope::includes(chosen, id))
    }

    /// Chooses a row, or leaves it out again.
    pub fn toggle(&mut self, row: &Row) {
        let ids: Vec<String> = match row {
            Row::Task(preset) => preset.scopes.clone(),
            Row::Scope(scope) => vec![scope.id.clone()],
            Row::Unknown(id) => vec![id.clone()],
        };
        match self.mark(row) {
            Mark::Chosen => self.chosen.retain(|chosen| !ids.contains(chosen)),
            // Less is wanted than what is chosen.
            Mark::Included => {
                self.chosen.retain(|wide| !ids.iter().any(|id| scope::includes(wide, id)));
                self.chosen.extend(ids);
            }
            Mark::None => {
                self.chosen.extend(ids);
                let folded = scope::fold(self.chosen.iter().map(String::as_str));
                self.chosen = folded.into_iter().map(str::to_owned).collect();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picker(chosen: &[&str]) -> Picker {
        Picker::new(chosen.iter().map(|id| (*id).to_owned()).collect())
    }

    fn row(id: &str) -> Row {
        scope::find(id).map_or_else(|| Row::Unknown(id.to_owned()), Row::Scope)
    }

    fn check(before: &[&str], toggled: &Row, after: &[&str]) {
        let mut picker = picker(before);
        picker.toggle(toggled);
        assert_eq!(picker.chosen, after, "{before:?} {toggled:?}");
    }

    #[test]
    fn wide_and_narrow_take_each_others_place() {
        check(&[], &row("vso.code"), &["vso.code"]);
        check(&["vso.code"], &row("vso.code"), &[]);
        check(&["vso.code", "vso.wiki"], &row("vso.code_write"), &["vso.wiki", "vso.code_write"]);
        check(&["vso.code_write", "vso.wiki"], &row("vso.code"), &["vso.wiki", "vso.code"]);
        check(&["vso.code"], &row("app_token"), &["app_token"]);
        check(&["app_token"], &row("vso.wiki"), &["vso.wiki"]);
    }

    #[test]
    fn ids_that_nobody_knows_are_kept_verbatim_and_can_be_left_out() {
        let before = ["vso.brand_new", "vso.code"];
        let picker = picker(&before);
        assert_eq!(picker.mark(&row("vso.brand_new")), Mark::Chosen);
        assert!(picker.found().contains(&row("vso.brand_new")));
        check(&before, &row("vso.code_write"), &["vso.brand_new", "vso.code_write"]);
        check(&before, &row("vso.brand_new"), &["vso.code"]);
    }

    #[test]
    fn a_task_chooses_what_it_needs() {
        let task = Row::Task(preset::find("review-code").unwrap());
        check(&["vso.wiki"], &task, &["vso.wiki", "vso.code", "vso.threads_full"]);
        check(&["vso.code", "vso.threads_full", "vso.wiki"], &task, &["vso.wiki"]);
        let push = Row::Task(preset::find("push-code").unwrap());
        assert_eq!(picker(&["vso.code_manage"]).mark(&push), Mark::Included);
    }

    #[test]
    fn tasks_come_first_and_full_access_last() {
        let found = picker(&[]).found();
        assert!(matches!(found.first(), Some(Row::Task(_))));
        assert_eq!(found.last(), Some(&row("app_token")));
        let mut searched = picker(&[]);
        searched.search = "PACKAGES".into();
        assert!(searched.found().iter().any(|row| matches!(row, Row::Task(_))));
        searched.search = "no such thing".into();
        assert_eq!(searched.found(), []);
    }
}
