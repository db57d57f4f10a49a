//! Blocks, statement after statement.

use proc_macro2::Ident;
use syn::{Block as SynBlock, Expr, Item as SynItem, Stmt, parse_quote};

use crate::build::diverges;
use crate::classify::find_moves;
use crate::ir::{Block, Fx, Item, Statement, Tail, VarId};
use crate::normal::is_value;
use crate::scope::Builder;

impl Builder {
    pub(crate) fn block(&mut self, block: SynBlock, fx: &mut Vec<Fx>) -> Block {
        self.scoped(|this| {
            let first = this.points.len() as u32 + 1;
            this.block_with(Vec::new(), first, block.stmts, fx)
        })
    }

    /// A block that begins with `items`, whose first point is `first`. The scope is the caller's.
    pub(crate) fn block_with(
        &mut self,
        mut items: Vec<Item>,
        first: u32,
        stmts: Vec<Stmt>,
        fx: &mut Vec<Fx>,
    ) -> Block {
        let (mut inner_items, declared) = (Vec::new(), self.vars.len());
        let diverges = stmts.last().is_some_and(diverges);
        let (mut tail, mut lent) = (Tail::None, Vec::new());
        let count = stmts.len();
        let points: Vec<bool> = stmts
            .iter()
            .map(|stmt| self.stmt_has_points(stmt))
            .collect();
        for (at, stmt) in stmts.into_iter().enumerate() {
            // A borrow that ends before the next point is the user's own affair.
            let crosses = points[at + 1..].contains(&true);
            let outer = std::mem::take(&mut self.temporaries);
            let outer_received = std::mem::take(&mut self.received);
            let from = fx.len();
            // The temporaries of a last `let` end before what it declares.
            let is_local = matches!(stmt, Stmt::Local(_));
            let mut stmt = stmt;
            if let Stmt::Local(local) = &mut stmt
                && (crosses || points[at])
            {
                self.name_extended(local, &mut items, fx);
            }
            match stmt {
                Stmt::Item(item) => {
                    self.names_none_of(&item, declared);
                    inner_items.push(Stmt::Item(item));
                }
                Stmt::Local(local) if crosses && self.is_borrow_local(&local) => {
                    self.borrow_local(local, &mut items, fx);
                }
                Stmt::Expr(expr, None) if at + 1 == count => tail = self.tail(expr, &mut items, fx),
                Stmt::Macro(invocation) if invocation.semi_token.is_none() && at + 1 == count => {
                    let mac = invocation.mac;
                    tail = self.tail(parse_quote!(#mac), &mut items, fx);
                }
                stmt => self.statement(stmt, &mut items, fx),
            }
            let temporaries = std::mem::replace(&mut self.temporaries, outer);
            let received = std::mem::replace(&mut self.received, outer_received);
            let left = self.left_of(temporaries, &fx[from..]);
            if !matches!(tail, Tail::None) {
                lent = received;
                lent.extend(left.iter().filter_map(|temp| self.resolve(temp)));
                lent.sort_unstable();
            } else if at + 1 < count || is_local {
                self.end_statement(&received, &left, &mut items, fx);
            }
        }
        Block {
            items: inner_items,
            body: items,
            tail,
            lent,
            diverges,
            points: (first, self.points.len() as u32),
        }
    }

    /// Items stand in front of a block's variables: a macro cannot name one, of those from number `declared` on.
    fn names_none_of(&mut self, item: &SynItem, declared: VarId) {
        let SynItem::Macro(definition) = item else {
            return;
        };
        if !definition.mac.path.is_ident("macro_rules") {
            return;
        }
        let mut named = Vec::new();
        crate::macro_args::free_names(definition.mac.tokens.clone(), &mut named);
        let mut own = named.iter();
        let own = own.find(|name| self.resolve(name).is_some_and(|var| var >= declared));
        if let Some(name) = own {
            let message = format!(
                "a macro cannot name the local variable `{name}` here, since there are migration points in its block: give it the \
                 variable as an argument, `{name}` at the call and `${name}:expr` in the macro"
            );
            self.errors.at(name, message);
        }
    }

    /// Which temporaries of a statement it has not moved.
    fn left_of(&self, temporaries: Vec<Ident>, effects: &[Fx]) -> Vec<Ident> {
        let mut moved = vec![false; self.vars.len()];
        find_moves(effects, &mut moved);
        let is_left = |temp: &Ident| {
            let var = self.resolve(temp);
            var.is_some_and(|var| !(is_value(temp) && moved[var]))
        };
        temporaries.into_iter().filter(is_left).collect()
    }

    /// What a statement has put into variables ends with it, the last first.
    fn end_statement(
        &mut self,
        received: &[VarId],
        temporaries: &[Ident],
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) {
        for &value in received.iter().rev() {
            self.simple(Statement::Ends(value), items, fx);
        }
        for temp in temporaries.iter().rev() {
            let end = parse_quote!(::core::mem::drop(#temp););
            self.simple(Statement::User(end), items, fx);
        }
    }

    /// A variable of the transformation that is dropped where its scope ends, as the user's are.
    pub(crate) fn lasts(&mut self, ident: &Ident) {
        if let Some(var) = self.resolve(ident) {
            self.vars[var].made = false;
        }
    }

    fn tail(&mut self, expr: Expr, items: &mut Vec<Item>, fx: &mut Vec<Fx>) -> Tail {
        if !self.has_points(&expr) {
            return Tail::Code(Box::new(self.code(expr, fx)));
        }
        let (node, post) = self.lead(expr, items, fx);
        Tail::Node(Box::new(self.finish(None, Vec::new(), node, post, fx)))
    }
}
