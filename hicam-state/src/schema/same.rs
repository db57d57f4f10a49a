//! The comparison of two schemas: are they one type, and if not, where do they first differ? What may differ and still be
//! restored, [`evolve`](crate::evolve) knows.

use std::collections::HashSet;
use std::fmt;

use thiserror::Error;

use super::{Field, Type, TypeId, TypeTable, Variant};

/// The first difference between a type of this program and the captured one.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{path}` differs: this program has {expected}, the captured state has {found}; {advice}")]
pub struct SchemaMismatch {
    /// The way to it: `Bank.accounts[value].balance`.
    pub path: String,
    /// What this program has there.
    pub expected: String,
    /// What the captured state has there.
    pub found: String,
    /// What can be done about it.
    pub advice: String,
}

/// What can be done where nothing else can.
const SAME_BUILD: &str = "restore it with the build that captured it";

impl TypeTable {
    /// Whether type `a` of this table and type `b` of `other` have one encoding and the same names.
    ///
    /// # Errors
    /// The first difference; `self` is taken to be this program's table, `other` the captured one.
    pub fn same(&self, a: TypeId, other: &TypeTable, b: TypeId) -> Result<(), SchemaMismatch> {
        let mut comparison = Comparison {
            ours: self,
            theirs: other,
            seen: HashSet::new(),
        };
        // An explicit list of what is left instead of recursion: a captured table may be deep.
        let mut pending = vec![(a, b, self.name(a))];
        while let Some((a, b, path)) = pending.pop() {
            let parts = comparison.one(a, b, path)?;
            pending.extend(parts.into_iter().rev());
        }
        Ok(())
    }
}

struct Comparison<'a> {
    ours: &'a TypeTable,
    theirs: &'a TypeTable,
    /// Pairs that are the same unless a difference is found elsewhere.
    seen: HashSet<(TypeId, TypeId)>,
}

/// Two types still to be compared, and the path to them.
type Pair = (TypeId, TypeId, String);

impl Comparison<'_> {
    /// Compares one pair of types; answers the pairs they are made of.
    fn one(&mut self, a: TypeId, b: TypeId, path: String) -> Result<Vec<Pair>, SchemaMismatch> {
        if !self.seen.insert((a, b)) {
            return Ok(Vec::new());
        }
        let different = || SchemaMismatch {
            path: path.clone(),
            expected: quoted(&self.ours.name(a)),
            found: quoted(&self.theirs.name(b)),
            advice: SAME_BUILD.to_owned(),
        };
        let (Some(ours), Some(theirs)) = (self.ours.get(a), self.theirs.get(b)) else {
            return Err(different());
        };
        match (ours, theirs) {
            (Type::Primitive(x), Type::Primitive(y)) if x == y => Ok(Vec::new()),
            (Type::Option(x), Type::Option(y))
            | (Type::Cell(x), Type::Cell(y))
            | (Type::Shared(x), Type::Shared(y))
            | (Type::Weak(x), Type::Weak(y)) => Ok(vec![(*x, *y, path)]),
            (Type::Seq(x), Type::Seq(y)) => Ok(vec![(*x, *y, step(&path, format_args!("[]")))]),
            (
                Type::Set {
                    element: x,
                    sorted: s,
                },
                Type::Set {
                    element: y,
                    sorted: t,
                },
            ) if s == t => Ok(vec![(*x, *y, step(&path, format_args!("[]")))]),
            (
                Type::Array {
                    element: x,
                    length: m,
                },
                Type::Array {
                    element: y,
                    length: n,
                },
            ) if m == n => Ok(vec![(*x, *y, step(&path, format_args!("[]")))]),
            (
                Type::Map {
                    key: k,
                    value: v,
                    sorted: s,
                },
                Type::Map {
                    key: l,
                    value: w,
                    sorted: t,
                },
            ) if s == t => Ok(vec![
                (*k, *l, step(&path, format_args!("[key]"))),
                (*v, *w, step(&path, format_args!("[value]"))),
            ]),
            (Type::Tuple(x), Type::Tuple(y)) if x.len() == y.len() => Ok(x
                .iter()
                .zip(y)
                .enumerate()
                .map(|(position, (x, y))| (*x, *y, step(&path, format_args!(".{position}"))))
                .collect()),
            (Type::Struct { name: x, fields: f }, Type::Struct { name: y, fields: g })
                if x == y =>
            {
                fields(f, g, &path)
            }
            (
                Type::Enum {
                    name: x,
                    variants: v,
                },
                Type::Enum {
                    name: y,
                    variants: w,
                },
            ) if x == y => variants(v, w, &path),
            (Type::Dynamic { name: x }, Type::Dynamic { name: y })
            | (Type::Message { name: x }, Type::Message { name: y })
                if x == y =>
            {
                Ok(Vec::new())
            }
            _ => Err(different()),
        }
    }
}

fn fields(ours: &[Field], theirs: &[Field], path: &str) -> Result<Vec<Pair>, SchemaMismatch> {
    names(
        ours,
        theirs,
        |field| &field.name,
        |name| step(path, format_args!(".{name}")),
        "field",
    )?;
    Ok(ours
        .iter()
        .zip(theirs)
        .map(|(x, y)| (x.ty, y.ty, step(path, format_args!(".{}", x.name))))
        .collect())
}

fn variants(ours: &[Variant], theirs: &[Variant], path: &str) -> Result<Vec<Pair>, SchemaMismatch> {
    names(
        ours,
        theirs,
        |variant| &variant.name,
        |name| step(path, format_args!("::{name}")),
        "variant",
    )?;
    let mut pairs = Vec::new();
    for (x, y) in ours.iter().zip(theirs) {
        pairs.extend(fields(
            &x.fields,
            &y.fields,
            &step(path, format_args!("::{}", x.name)),
        )?);
    }
    Ok(pairs)
}

/// The named parts must be the same ones in the same order.
fn names<T>(
    ours: &[T],
    theirs: &[T],
    name: impl Fn(&T) -> &str,
    path: impl Fn(&str) -> String,
    what: &str,
) -> Result<(), SchemaMismatch> {
    let lacks = |list: &[T], wanted: &T| !list.iter().any(|part| name(part) == name(wanted));
    let one_sided = |part: &T, expected: String, found: String| SchemaMismatch {
        path: path(name(part)),
        expected,
        found,
        advice: SAME_BUILD.to_owned(),
    };
    if let Some(part) = theirs.iter().find(|part| lacks(ours, part)) {
        return Err(one_sided(
            part,
            format!("no such {what}"),
            format!("this {what}"),
        ));
    }
    if let Some(part) = ours.iter().find(|part| lacks(theirs, part)) {
        return Err(one_sided(
            part,
            format!("this {what}"),
            format!("no such {what}"),
        ));
    }
    for (position, x) in ours.iter().enumerate() {
        let place = theirs.iter().position(|y| name(x) == name(y));
        if place != Some(position) || ours.len() != theirs.len() {
            let there = place.unwrap_or(theirs.len());
            return Err(one_sided(
                x,
                format!("it as {what} number {}", position + 1),
                format!("it as number {}", there + 1),
            ));
        }
    }
    Ok(())
}

/// A path one step further. A captured table may be deep without end; a path is for people to read.
pub(crate) fn step(path: &str, step: fmt::Arguments<'_>) -> String {
    const LONGEST: usize = 500;
    if path.len() > LONGEST {
        path.to_owned()
    } else {
        format!("{path}{step}")
    }
}

pub(crate) fn quoted(name: &str) -> String {
    format!("`{name}`")
}
