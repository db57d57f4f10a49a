//! The intermediate representation: a function's body cut at its migration points.
//!
//! Control flow that contains points is a [`Node`]; everything else stays the user's own code, as [`Item::Simple`] or
//! as an expression. Beside it stands a tree of [`Fx`], the body's effects on its variables in evaluation order, on
//! which liveness is computed. [`Mark`]s tie the two together: each is a place whose live variables are wanted.

use proc_macro2::{Ident, Span, TokenStream};
use syn::{Expr, Pat, Stmt, Type};

use crate::leftovers::Leftover;

/// Index into [`Body::vars`].
pub(crate) type VarId = usize;
/// Index into [`Body::points`] plus one; 0 is the function's normal start.
pub(crate) type PointId = u32;
/// A place whose set of live variables is recorded.
pub(crate) type Mark = usize;
/// Identity of a loop or labelled block.
pub(crate) type JumpTarget = usize;

/// How a mention uses a variable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum How {
    /// The value is used: moved out, or copied.
    Move,
    /// The value may be moved out, or only borrowed: a method's receiver, a field, a scrutinee.
    Maybe,
    /// Only the place is used.
    Place,
}

/// An effect on variables, in evaluation order.
#[derive(Debug, Clone)]
pub(crate) enum Fx {
    Use(VarId, How),
    /// The whole variable is assigned, or its scope begins.
    Kill(VarId),
    /// Its scope begins, and it has no value yet.
    Unset(VarId),
    /// One of several alternatives runs.
    Branch(Vec<Vec<Fx>>),
    /// Runs until a jump leaves it.
    Loop(JumpTarget, Vec<Fx>),
    /// A block that a jump can leave.
    Labelled(JumpTarget, Vec<Fx>),
    /// `break`; the mark records what is live where it goes.
    Break(JumpTarget, Mark),
    /// `continue`.
    Continue(JumpTarget, Mark),
    /// `return`.
    Return,
    /// `?`: may return.
    MayReturn,
    Point(PointId),
    Mark(Mark),
    /// What has just been used as moved has been, if its type says so.
    Trust(VarId, Trust),
}

/// What a type must say for a value to have been moved.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Trust {
    /// It is called as a function: what it has taken is dropped with it.
    Call,
    /// A closure has taken it that is called.
    Taken,
    /// By its name, a method of `Option`, `Result` or an iterator took it.
    Method,
    /// A pattern took it apart, or what is in the `Option`, which leaves a value alone that has a `Drop` of its own.
    Pattern,
    /// The same of what is in a `Result`.
    Result,
}

/// A user's variable, or one that the transformation needs.
#[derive(Debug)]
pub(crate) struct Var {
    pub(crate) ident: Ident,
    /// Unique in the function; how the captured local is called.
    pub(crate) name: String,
    pub(crate) mutable: bool,
    pub(crate) kind: VarKind,
    /// Its type, if the user wrote it.
    pub(crate) ty: Option<Type>,
    /// Declared with a value, so initialised in all of its scope unless moved.
    pub(crate) initialised: bool,
    /// Its type is known to be `Copy`, so that moving it leaves it whole.
    pub(crate) copy: bool,
    /// Its initialiser is visibly a borrow.
    pub(crate) borrow: bool,
    /// It is a part of what a loop goes through that borrows nothing mutably: a shared reference, or a value.
    pub(crate) item: bool,
    /// It borrows, and the borrow is taken again on resume.
    pub(crate) again: Option<BorrowKind>,
    /// A part of it may be moved out.
    pub(crate) partial: bool,
    /// It is known to be a mutable reference.
    pub(crate) mutable_borrow: bool,
    /// It is known to be a reference to something static.
    pub(crate) reference: bool,
    /// It is a binding as its arm's guard sees it, through a shared reference. Its type may be that of a reference.
    pub(crate) guarded: bool,
    /// It is visibly an `Arc` or `Weak`.
    pub(crate) pointer: bool,
    /// How methods take it that by their names would borrow it: an entry of a map, or what is replaced by what such a method
    /// gives.
    pub(crate) consumed: Option<How>,
    /// The transformation has made it: it has no name in the source.
    pub(crate) made: bool,
    /// What it borrows from.
    pub(crate) depends: Vec<VarId>,
    /// The variables that it has taken, if it is a closure.
    pub(crate) taken: Option<Vec<VarId>>,
    /// The places that it borrows, as the names that lead to them.
    pub(crate) places: Vec<Vec<String>>,
    /// Code that completes its value before it is saved.
    pub(crate) before_save: Option<TokenStream>,
}

impl Var {
    /// Whether it is the function's own, not a reference that it was given or has taken.
    pub(crate) fn is_own(&self) -> bool {
        self.kind == VarKind::Local && self.again.is_none()
    }
}

/// What is known of a variable that borrows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum BorrowKind {
    Shared,
    Mutable,
    /// One of several, or a reference within something else.
    Unknown,
}

/// How a variable comes by its value on resume.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum VarKind {
    /// From the frame, if it is captured at all.
    Local,
    /// A reference parameter, or `self`: from the caller.
    Reference { mutable: bool },
    /// Evaluated again from other variables.
    Derived,
    /// What one of several concurrent calls has given; captured by the construct itself.
    Result,
}

/// A migration point.
#[derive(Debug)]
pub(crate) struct Point {
    pub(crate) span: Span,
    /// Unlike any other of the function.
    pub(crate) name: String,
    pub(crate) kind: PointKind,
    /// The variables whose scope the point is in.
    pub(crate) in_scope: Vec<VarId>,
}

/// As in the runtime.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum PointKind {
    Entry,
    BeforeAwait,
    InCall,
    InBranches,
    Loop,
}

impl PointKind {
    pub(crate) fn ident(self) -> Ident {
        let name = match self {
            PointKind::Entry => "Entry",
            PointKind::BeforeAwait => "BeforeAwait",
            PointKind::InCall => "InCall",
            PointKind::InBranches => "InBranches",
            PointKind::Loop => "Loop",
        };
        Ident::new(name, Span::call_site())
    }
}

/// A stretch of user code without points, between two marks.
#[derive(Debug)]
pub(crate) struct Code<T> {
    pub(crate) code: T,
    pub(crate) before: Mark,
    pub(crate) after: Mark,
    /// The variables it mentions, other than those it declares itself.
    pub(crate) mentions: Vec<VarId>,
}

/// One element of a block.
#[derive(Debug)]
pub(crate) enum Item {
    Simple(Box<Simple>),
    /// `let pat = <node>;`, or the node as a statement.
    Lead(Box<Lead>),
}

/// A statement without points.
#[derive(Debug)]
pub(crate) struct Simple {
    pub(crate) stmt: Code<Statement>,
    pub(crate) declares: Vec<VarId>,
    /// How variables come by their values on resume, other than from the frame.
    pub(crate) again: Option<Again>,
}

/// Borrows that are taken again on resume.
#[derive(Debug)]
pub(crate) struct Again {
    pub(crate) vars: Vec<VarId>,
    /// A tuple of options.
    pub(crate) value: TokenStream,
}

#[derive(Debug)]
pub(crate) enum Statement {
    User(Stmt),
    /// A `let` of what is part of a longer statement: in the source its temporaries live until the end of that.
    Part(Stmt),
    /// `let` of an item that a loop goes over: what its pattern leaves behind lives until the end of the pass.
    Item(Stmt, Vec<Leftover>),
    /// `let pat = option?`: a parameter, or a binding of a pattern whose arm contains points. The option is `None`
    /// only in a frame that does not fit the program.
    Bind {
        pat: Pat,
        name: String,
        option: TokenStream,
    },
    /// Runs whether the function is entered normally or resumed.
    Always(TokenStream),
    /// Runs on the normal path only.
    Generated(TokenStream),
    /// A value without a name ends, if a method has not taken it.
    Ends(VarId),
    /// A variable's type must allow that it ends earlier or later than in the source.
    Judged(VarId),
}

/// A construct that contains points.
#[derive(Debug)]
pub(crate) struct Lead {
    pub(crate) pat: Option<(Pat, Option<Box<Type>>)>,
    pub(crate) declares: Vec<VarId>,
    pub(crate) node: Node,
    /// `let pat = { let temp = node; post };`
    pub(crate) post: Option<Post>,
    /// The last point inside.
    pub(crate) last: PointId,
    /// After the whole statement.
    pub(crate) after: Mark,
}

impl Lead {
    /// The variable that takes the node's value, if it is only one.
    pub(crate) fn temp(&self) -> Option<Ident> {
        match &self.pat {
            Some((Pat::Ident(temp), None)) => Some(temp.ident.clone()),
            _ => None,
        }
    }
}

/// What is done with a node's value in the same statement.
#[derive(Debug)]
pub(crate) struct Post {
    pub(crate) temp: Ident,
    pub(crate) code: Code<Expr>,
    /// It is part of a longer statement, as [`Statement::Part`].
    pub(crate) part: bool,
}

#[derive(Debug)]
pub(crate) enum Node {
    /// A point by itself.
    Check(PointId),
    Await(Box<Await>),
    If(Box<If>),
    Match(Box<Match>),
    Loop(Box<Loop>),
    Block(Box<Block>),
    Hold(Box<Hold>),
    Concurrent(Box<Concurrent>),
}

/// A block that borrows places: their variables are out of their slots all the while.
#[derive(Debug)]
pub(crate) struct Hold {
    pub(crate) vars: Vec<VarId>,
    pub(crate) block: Block,
    /// Jump targets from this one on are inside of the block.
    pub(crate) first_target: JumpTarget,
    pub(crate) after: Mark,
}

#[derive(Debug)]
pub(crate) struct Await {
    /// Before the operand is evaluated; `None` where a borrow is alive that only this operand uses.
    pub(crate) before: Option<PointId>,
    pub(crate) operand: Code<Expr>,
    /// What a resumed call is made from, one expression for each argument.
    pub(crate) resume: Vec<Expr>,
    pub(crate) in_call: PointId,
    pub(crate) span: Span,
    pub(crate) driven: Driven,
    pub(crate) receiver: Option<Receiver>,
    /// Variables of unknown type that are arguments, with their places in `resume`.
    pub(crate) passed: Vec<(usize, VarId)>,
    /// When the call has ended.
    pub(crate) ended: Mark,
}

/// A variable that a method is called on, which may own it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Receiver {
    pub(crate) var: VarId,
    /// The variable keeps what the operand evaluates, if the method only borrows that.
    pub(crate) temporary: bool,
}

/// How an awaited operand is driven.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Driven {
    /// By its type.
    Plainly,
    /// `reissue(|| …)`: evaluated again on resume.
    Again,
    /// `timeout(duration, operand)`
    After,
    /// `timeout_at(instant, operand)`
    Until,
}

/// `join!`, `try_join!`, `select!`
#[derive(Debug)]
pub(crate) struct Concurrent {
    pub(crate) kind: Together,
    pub(crate) biased: bool,
    /// A `select!` with `else`.
    pub(crate) otherwise: bool,
    /// A tuple of options: what the operands take by value, evaluated before any is called.
    pub(crate) args: Code<Expr>,
    pub(crate) branches: Vec<Branch>,
    /// What the operands mention besides.
    pub(crate) mentions: Vec<VarId>,
    pub(crate) in_call: PointId,
}

/// What is awaited together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Together {
    Join,
    TryJoin,
    Select,
}

#[derive(Debug)]
pub(crate) struct Branch {
    /// The operand, with identifiers for what it takes by value.
    pub(crate) operand: Expr,
    /// The identifier of its condition: without it the operand is evaluated, and nothing more.
    pub(crate) condition: Option<Expr>,
    /// Whether what the operand has given matches the branch's pattern; if not, the branch is as if it were not there.
    pub(crate) test: Option<Expr>,
    /// Those identifiers.
    pub(crate) args: Vec<Ident>,
    pub(crate) resume: Vec<Expr>,
    pub(crate) driven: Driven,
    /// What it has given while others are not finished.
    pub(crate) result: Option<VarId>,
    pub(crate) span: Span,
}

#[derive(Debug)]
pub(crate) struct If {
    pub(crate) cond: Code<Expr>,
    pub(crate) then: Block,
    pub(crate) otherwise: Option<Block>,
}

#[derive(Debug)]
pub(crate) struct Match {
    pub(crate) select: Select,
    /// The options that carry bindings into the arms.
    pub(crate) carriers: Vec<Ident>,
    pub(crate) arms: Vec<Block>,
}

/// How an arm is found.
#[derive(Debug)]
pub(crate) enum Select {
    /// The whole `match`, with arms that store their bindings and give the arm's number; and what their patterns leave
    /// behind, unless the scrutinee's temporaries end before the arms.
    Once(Code<Expr>, Option<Vec<Leftover>>),
    Guarded(Guarded),
}

/// The same `match`, with points in guards.
#[derive(Debug)]
pub(crate) struct Guarded {
    /// The same whenever it is looked up.
    pub(crate) scrutinee: Expr,
    /// What it mentions: out of their slots until an arm is found.
    pub(crate) held: Vec<VarId>,
    /// Jump targets from this one on are inside of the guards.
    pub(crate) first_target: JumpTarget,
    /// Counts the alternatives of a pattern for which its guard has run.
    pub(crate) alternatives: Option<VarId>,
    pub(crate) arms: Vec<GuardedArm>,
}

#[derive(Debug)]
pub(crate) struct GuardedArm {
    pub(crate) attrs: Vec<syn::Attribute>,
    pub(crate) pat: Pat,
    pub(crate) guard: Option<Guard>,
    /// Stores the bindings.
    pub(crate) store: TokenStream,
    /// When the arm has been taken.
    pub(crate) start: Mark,
    /// It may move what is matched.
    pub(crate) uses: How,
}

#[derive(Debug)]
pub(crate) enum Guard {
    Code(Code<Expr>),
    Points {
        block: Block,
        /// Its pattern's alternatives are counted.
        counted: bool,
        after: Mark,
    },
}

#[derive(Debug)]
pub(crate) struct Loop {
    pub(crate) label: syn::Lifetime,
    /// The point at the head.
    pub(crate) head: Option<PointId>,
    pub(crate) body: Block,
}

#[derive(Debug)]
pub(crate) struct Block {
    /// `fn`, `use` … among the statements.
    pub(crate) items: Vec<Stmt>,
    pub(crate) body: Vec<Item>,
    pub(crate) tail: Tail,
    /// What the tail has put into variables and only borrowed, in the order of their declarations.
    pub(crate) lent: Vec<VarId>,
    /// Its end is not reached, so it has any type.
    pub(crate) diverges: bool,
    /// The points inside: first, last; empty if first > last.
    pub(crate) points: (PointId, PointId),
}

impl Block {
    pub(crate) fn has_points(&self) -> bool {
        self.points.0 <= self.points.1
    }
}

#[derive(Debug)]
pub(crate) enum Tail {
    None,
    Code(Box<Code<Expr>>),
    Node(Box<Lead>),
}

/// A jump to a lowered loop or block.
#[derive(Debug)]
pub(crate) struct Jump {
    pub(crate) mark: Mark,
    pub(crate) target: JumpTarget,
}

/// A function's body.
#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) block: Block,
    pub(crate) effects: Vec<Fx>,
    pub(crate) vars: Vec<Var>,
    pub(crate) points: Vec<Point>,
    pub(crate) marks: usize,
    pub(crate) targets: usize,
    pub(crate) jumps: Vec<Jump>,
}

impl Body {
    /// Whether all points in a variable's scope are heads of loops: then it is never alive across an `.await`.
    pub(crate) fn only_at_loops(&self, var: VarId) -> bool {
        let mut points = self.points.iter();
        points.all(|point| point.kind == PointKind::Loop || !point.in_scope.contains(&var))
    }
}
