//! All tokens of all organizations, each once. Adding costs the same however many there are.

use std::collections::HashMap;

use super::{AuthorizationId, Listed, Organization, Pat};

/// The tokens that listings brought, merged by `authorizationId`. A listing is one pass: within
/// it, revoked beats expired beats active, and what the pass did not see can be dropped after it.
#[derive(Debug, Default)]
pub struct Inventory {
    pats: Vec<Pat>,
    places: HashMap<AuthorizationId, u32>,
    /// The pass that last saw the token at the same place.
    seen: Vec<u32>,
    pass: u32,
}

/// What adding a token did. Places are stable until [`Inventory::end_pass`] removes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    New(u32),
    Changed(u32),
    Same,
}

impl Inventory {
    pub fn len(&self) -> usize {
        self.pats.len()
    }

    pub fn is_empty(&self) -> bool {
        self.pats.is_empty()
    }

    /// Every token, by place.
    pub fn pats(&self) -> &[Pat] {
        &self.pats
    }

    pub fn at(&self, place: u32) -> Option<&Pat> {
        self.pats.get(place as usize)
    }

    pub fn place(&self, id: AuthorizationId) -> Option<u32> {
        self.places.get(&id).copied()
    }

    pub fn get(&self, id: AuthorizationId) -> Option<&Pat> {
        self.at(self.place(id)?)
    }

    /// Begins a listing.
    pub fn begin_pass(&mut self) {
        self.pass += 1;
    }

    /// Adds a token of a listed page.
    pub fn add(&mut self, pat: Pat) -> Added {
        let Some(place) = self.place(pat.id) else { return self.push(pat) };
        let at = place as usize;
        let (Some(known), Some(seen)) = (self.pats.get_mut(at), self.seen.get_mut(at)) else {
            return Added::Same;
        };
        // Seen in this pass already: by another filter, in another organization (a global token),
        // or a write told us more than this page, which was asked for before.
        if *seen == self.pass && known.listed >= pat.listed {
            return Added::Same;
        }
        *seen = self.pass;
        if *known == pat {
            return Added::Same;
        }
        *known = pat;
        Added::Changed(place)
    }

    /// Takes what a write told about a token. Pages of the running pass cannot undo it.
    pub fn put(&mut self, pat: Pat) -> Added {
        let Some(place) = self.place(pat.id) else { return self.push(pat) };
        let at = place as usize;
        if let (Some(known), Some(seen)) = (self.pats.get_mut(at), self.seen.get_mut(at)) {
            *seen = self.pass;
            *known = pat;
        }
        Added::Changed(place)
    }

    /// Marks a token as revoked after the service confirmed it.
    pub fn mark_revoked(&mut self, id: AuthorizationId) -> Added {
        match self.get(id).cloned() {
            Some(pat) => self.put(Pat { listed: Listed::Revoked, ..pat }),
            None => Added::Same,
        }
    }

    fn push(&mut self, pat: Pat) -> Added {
        let Ok(place) = u32::try_from(self.pats.len()) else { return Added::Same };
        self.places.insert(pat.id, place);
        self.pats.push(pat);
        self.seen.push(self.pass);
        Added::New(place)
    }

    /// Ends a listing: drops the tokens that it did not see in organizations that were listed
    /// completely. Returns how many are gone; if any, all places have changed.
    pub fn end_pass(&mut self, is_complete: impl Fn(&Organization) -> bool) -> usize {
        let before = self.pats.len();
        let (seen, pass) = (&self.seen, self.pass);
        let mut passes = seen.iter();
        self.pats.retain(|pat| {
            passes.next().is_some_and(|seen| *seen == pass) || !is_complete(&pat.organization)
        });
        let gone = before - self.pats.len();
        if gone > 0 {
            // What stays was seen, or belongs to an organization whose next pass will tell.
            self.seen = vec![self.pass; self.pats.len()];
            self.places = self.pats.iter().map(|pat| pat.id).zip(0..).collect();
        }
        gone
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pat::fixture::{pat, pat_in};

    #[test]
    fn revoked_beats_expired_beats_active_in_one_pass() {
        let mut inventory = Inventory::default();
        inventory.begin_pass();
        assert_eq!(inventory.add(pat(1).listed(Listed::Expired)), Added::New(0));
        assert_eq!(inventory.add(pat(1).listed(Listed::Active)), Added::Same);
        assert_eq!(inventory.add(pat(1).listed(Listed::Revoked)), Added::Changed(0));
        assert_eq!(inventory.add(pat(1).listed(Listed::Active)), Added::Same);
        assert_eq!(inventory.at(0).unwrap().listed, Listed::Revoked);
    }

    #[test]
    fn the_next_pass_tells_the_truth_anew() {
        let mut inventory = Inventory::default();
        inventory.begin_pass();
        inventory.add(pat(1).listed(Listed::Expired));
        inventory.begin_pass();
        assert_eq!(inventory.add(pat(1).listed(Listed::Active)), Added::Changed(0));
    }

    #[test]
    fn a_page_asked_for_before_a_write_cannot_undo_it() {
        let mut inventory = Inventory::default();
        inventory.begin_pass();
        inventory.add(pat(1).listed(Listed::Active));
        inventory.begin_pass();
        inventory.mark_revoked(pat(1).id);
        assert_eq!(inventory.add(pat(1).listed(Listed::Active)), Added::Same);
        assert_eq!(inventory.at(0).unwrap().listed, Listed::Revoked);
    }

    #[test]
    fn a_global_token_stands_once() {
        let mut inventory = Inventory::default();
        inventory.begin_pass();
        inventory.add(Pat { target: crate::pat::Target::Global, ..pat_in("contoso", 1) });
        let again = Pat { target: crate::pat::Target::Global, ..pat_in("fabrikam", 1) };
        assert_eq!(inventory.add(again), Added::Same);
        assert_eq!(inventory.len(), 1);
    }

    #[test]
    fn only_organizations_that_were_listed_lose_what_is_gone() {
        let mut inventory = Inventory::default();
        inventory.begin_pass();
        for pat in [pat_in("contoso", 1), pat_in("contoso", 2), pat_in("fabrikam", 3)] {
            inventory.add(pat);
        }
        inventory.begin_pass();
        inventory.add(pat_in("contoso", 2));
        assert_eq!(inventory.end_pass(|organization| organization.as_str() == "contoso"), 1);
        assert_eq!(inventory.place(pat(2).id), Some(0));
        assert_eq!(inventory.place(pat(3).id), Some(1));
        assert_eq!(inventory.place(pat(1).id), None);
    }
}
