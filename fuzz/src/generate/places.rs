//! Places: variables and their fields, chosen by what may be done with them.

use super::Generator;
use super::scope::{Held, Mode};
use crate::types::Type;

/// A variable, or a field of one.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) var: usize,
    /// What follows the variable's name: `.0`, `.alpha`, or nothing.
    pub(super) field: String,
    pub(super) ty: Type,
}

impl Generator<'_> {
    /// The places that satisfy `wanted`.
    pub(super) fn places(
        &self,
        usable: impl Fn(&super::scope::Variable) -> bool,
        wanted: impl Fn(&Type) -> bool,
    ) -> Vec<Place> {
        let mut found = Vec::new();
        for (var, variable) in self.scope.vars.iter().enumerate() {
            if !usable(variable) {
                continue;
            }
            if wanted(&variable.ty) {
                let (field, ty) = (String::new(), variable.ty.clone());
                found.push(Place { var, field, ty });
            }
            if variable.mode == Mode::Slice {
                continue;
            }
            for (field, ty) in self.types.fields(&variable.ty) {
                if wanted(&ty) {
                    found.push(Place { var, field, ty });
                }
            }
        }
        found
    }

    pub(super) fn readable(&mut self, wanted: impl Fn(&Type) -> bool) -> Option<Place> {
        let all = self.places(|var| var.readable(), wanted);
        // Later variables are more interesting.
        let at = self.rng.below(all.len()).max(self.rng.below(all.len()));
        let place = all.get(at).cloned()?;
        self.scope.vars[place.var].mentioned = true;
        Some(place)
    }

    pub(super) fn writable(&mut self, wanted: impl Fn(&Type) -> bool) -> Option<Place> {
        if !self.changes {
            return None;
        }
        // The log only grows: nothing that happened is to be lost from it.
        let all = self.places(|var| var.writable() && var.name != "log", wanted);
        let place = self.rng.pick(&all).cloned()?;
        self.scope.vars[place.var].mentioned = true;
        Some(place)
    }

    /// `name.field`, on which a method or index may follow.
    pub(super) fn path(&self, place: &Place) -> String {
        format!("{}{}", self.scope.vars[place.var].name, place.field)
    }

    /// The place itself, to be copied, compared or assigned to.
    pub(super) fn deref(&self, place: &Place) -> String {
        if place.field.is_empty() {
            self.scope.vars[place.var].place()
        } else {
            self.path(place)
        }
    }

    pub(super) fn mode(&self, place: &Place) -> Mode {
        if place.field.is_empty() {
            self.scope.vars[place.var].mode
        } else {
            Mode::Own
        }
    }

    /// Whether it may be moved out of its variable.
    pub(super) fn movable(&self, place: &Place) -> bool {
        let var = &self.scope.vars[place.var];
        let whole =
            place.field.is_empty() || self.features.partial_moves && !self.is_observed(&var.ty);
        // What a loop around us needs again, it must be possible to assign.
        let inside = self
            .loops
            .iter()
            .rev()
            .find(|around| !around.block)
            .is_none_or(|around| place.var >= around.base);
        let restorable = inside || var.mutable;
        self.moves
            && whole
            && var.mode == Mode::Own
            && var.readable()
            && var.shared == 0
            && restorable
            && !var.pinned
            && self.may_end(place.var)
    }

    pub(super) fn moved(&mut self, place: &Place) {
        self.scope.vars[place.var].held = Held::No;
        self.scope.vars[place.var].ever_moved = true;
        self.scope.vars[place.var].mentioned = true;
    }

    /// While `write` runs, the variable may be read only.
    pub(super) fn borrowed<T>(&mut self, var: usize, write: impl FnOnce(&mut Self) -> T) -> T {
        self.scope.vars[var].shared += 1;
        let result = write(self);
        self.scope.vars[var].shared -= 1;
        result
    }

    /// While `write` runs, the variable may not be mentioned.
    pub(super) fn borrowed_mutably<T>(
        &mut self,
        var: usize,
        write: impl FnOnce(&mut Self) -> T,
    ) -> T {
        self.scope.vars[var].exclusive += 1;
        let result = write(self);
        self.scope.vars[var].exclusive -= 1;
        result
    }
}
