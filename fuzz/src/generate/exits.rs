//! Values that are moved on one way and left behind on another: a point, and a jump out of their scope.

use super::Generator;
use super::expressions::head;
use super::places::Place;
use super::statements::Tail;
use crate::tree::Node;
use crate::types::Type;

impl Generator<'_> {
    /// `let x = …; if … { …; point; return …; } …; drop(x);`
    pub(super) fn leave_behind(&mut self, out: &mut Vec<Node>) {
        let ty = match self.rng.chance(50) && self.features.noted {
            true => self.observed_type(),
            false => self.some_type(),
        };
        let value = self.untyped(|this| this.value(&ty, 1));
        let name = format!("v{}", self.number());
        let mutable = self.rng.chance(40);
        let keyword = if mutable { "mut " } else { "" };
        self.push(out, Node::line(format!("let {keyword}{name} = {value};")));
        self.introduce(&name, &ty, mutable);
        let var = self.scope.vars.len() - 1;

        for _ in 0..self.rng.between(1, 2) {
            self.exit(out);
            if !self.diverged && self.rng.chance(25) {
                // Where it may have been moved, the transformation refuses it at what follows.
                self.without_moves(|this| this.statement(out));
            }
        }
        let place = Place {
            var,
            field: String::new(),
            ty,
        };
        if !self.diverged && !self.scope.vars[var].hidden && self.movable(&place) {
            self.move_away(&place, out);
        }
    }

    /// Passes a point under a condition, and goes away from there.
    fn exit(&mut self, out: &mut Vec<Node>) {
        let condition = self.untyped(|this| this.condition(1));
        self.flush(out);
        let before = self.scope.held();
        let count = self.rng.below(2);
        self.charge(1);
        let mut body = self.block(Vec::new(), count, Tail::Jump, None);
        // In front of the jump, or of what is moved before it.
        let at = self.rng.below(body.len().max(1));
        body.insert(at, Node::line("hicam::point().await;"));
        self.diverged = false;
        self.scope.set_held(&before);
        let condition = head(&condition);
        out.push(Node::new().text(format!("if {condition} ")).body(body));
    }

    /// Moves a value to where it is no longer in its variable.
    fn move_away(&mut self, place: &Place, out: &mut Vec<Node>) {
        let from = self.path(place);
        let noted = place.ty == Type::Noted;
        let name = format!("v{}", self.number());
        let number = self.number();
        self.moved(place);
        let (text, given) = match self.rng.below(9) {
            0 => (format!("let {name} = {from};"), Some(place.ty.clone())),
            1 => {
                let ty = Type::Option(Box::new(place.ty.clone()));
                (format!("let {name} = Some({from});"), Some(ty))
            }
            2 => {
                let ty = Type::Vec(Box::new(place.ty.clone()));
                (format!("let {name} = vec![{from}];"), Some(ty))
            }
            3 => {
                let text = format!("let {name} = (move || crate::digest(&{from}))();");
                (text, Some(Type::U64))
            }
            4 if self.features.async_blocks && self.affords(2) => {
                self.charge(2);
                let text = format!(
                    "let {name} = async move {{ hicam::point().await; let n = crate::digest(&{from}); drop({from}); n }}.await;"
                );
                (text, Some(Type::U64))
            }
            5 if noted && self.affords(2) => {
                let value = self.passed_on(&from, number);
                (format!("let {name} = {value};"), Some(Type::Noted))
            }
            6 if noted => (
                format!("let {name} = Noted::by({from}, {number});"),
                Some(Type::Noted),
            ),
            7 => {
                let text = format!("let {name} = match {from} {{ v => (v, {number}u64) }};");
                (text, Some(Type::Tuple(vec![place.ty.clone(), Type::U64])))
            }
            _ => (format!("drop({from});"), None),
        };
        self.push(out, Node::line(text));
        if let Some(ty) = given {
            self.introduce(&name, &ty, false);
        }
        if self.affords(1) && self.rng.chance(60) {
            self.foreign(out);
        }
    }
}
