//! The plan of a conversion: what becomes of a captured type's parts in the program's own type, or why nothing can.

use std::collections::{HashMap, VecDeque};

use super::FieldReading;
use crate::schema::{SchemaMismatch, quoted, step as further};
use crate::{Field, Primitive, Type, TypeId, TypeTable, Variant};

/// More differences than this help nobody.
const REPORTED: usize = 50;
const SAME_BUILD: &str = "restore it with the build that captured it";

/// The steps that turn a captured value into one of this program's type.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(super) steps: Vec<Step>,
}

/// What is done with one captured value; steps refer to others by their position in the plan.
#[derive(Debug)]
pub(super) enum Step {
    /// So many bytes stay.
    Fixed(usize),
    /// A length and so many bytes stay.
    Blob,
    /// A value that describes itself stays.
    Dynamic,
    /// An integer of `from` bytes becomes one of `to` bytes.
    Widen {
        from: usize,
        to: usize,
        signed: bool,
    },
    /// An `f32` becomes an `f64`.
    Double,
    Option(usize),
    /// What was always there becomes what may be there.
    Some(usize),
    List {
        element: usize,
        order: Order,
    },
    Array {
        element: usize,
        length: u64,
    },
    Map {
        key: usize,
        value: usize,
        order: Order,
    },
    Fields(Fields),
    /// For each captured variant, its position now and its fields.
    Enum(Vec<(u32, Fields)>),
    /// A cell, before or now or both.
    Cell {
        /// What the captured cell holds.
        captured: Option<TypeId>,
        now: bool,
        content: usize,
    },
}

/// Whether elements were in order, and whether they are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order {
    pub(super) captured: bool,
    pub(super) now: bool,
}

/// The fields of a struct, variant or tuple.
#[derive(Debug)]
pub(super) struct Fields {
    /// For each captured field the step that passes over it.
    pub(super) captured: Vec<usize>,
    /// The program's fields in their order.
    pub(super) now: Vec<Source>,
    /// Captured fields that stay are in the order in which they were captured.
    pub(super) in_order: bool,
}

/// Where a field comes from.
#[derive(Debug)]
pub(super) struct Source {
    /// The captured field's position, and the step that converts it; none: the field's default.
    pub(super) from: Option<(usize, usize)>,
    /// The field has a default.
    pub(super) default: bool,
}

impl Plan {
    /// How a captured `theirs` becomes an `ours`; every difference that stands in the way.
    pub(crate) fn new(
        (our_types, ours): (&TypeTable, TypeId),
        (their_types, theirs): (&TypeTable, TypeId),
    ) -> Result<Self, Vec<SchemaMismatch>> {
        let mut planner = Planner {
            ours: our_types,
            theirs: their_types,
            numbers: HashMap::new(),
            open: VecDeque::new(),
            count: 0,
        };
        planner.step(Use::Convert, ours, theirs, our_types.name(ours));
        let (mut steps, mut different) = (Vec::new(), Vec::new());
        while let Some(pair) = planner.open.pop_front() {
            match planner.plan(&pair) {
                Ok(step) => steps.push(step),
                Err(mismatches) => {
                    steps.push(Step::Fixed(0));
                    different.extend(mismatches);
                }
            }
            if different.len() >= REPORTED {
                break;
            }
        }
        if different.is_empty() {
            Ok(Plan { steps })
        } else {
            Err(different)
        }
    }
}

/// What a captured value is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Use {
    /// It becomes a value of this program's type.
    Convert,
    /// It is passed over: converted to what it is, and forgotten.
    Skip,
}

struct Planner<'a> {
    ours: &'a TypeTable,
    theirs: &'a TypeTable,
    numbers: HashMap<(Use, TypeId, TypeId), usize>,
    /// Pairs that have a number and no step yet, in the order of their numbers.
    open: VecDeque<Pair>,
    count: usize,
}

struct Pair {
    purpose: Use,
    ours: TypeId,
    theirs: TypeId,
    path: String,
}

type Planned<T> = Result<T, Vec<SchemaMismatch>>;

impl Planner<'_> {
    /// The number of the step for this pair of types.
    fn step(&mut self, purpose: Use, ours: TypeId, theirs: TypeId, path: String) -> usize {
        let count = &mut self.count;
        let open = &mut self.open;
        *self
            .numbers
            .entry((purpose, ours, theirs))
            .or_insert_with(|| {
                open.push_back(Pair {
                    purpose,
                    ours,
                    theirs,
                    path,
                });
                *count += 1;
                *count - 1
            })
    }

    fn table(&self, purpose: Use) -> &TypeTable {
        match purpose {
            Use::Convert => self.ours,
            Use::Skip => self.theirs,
        }
    }

    fn plan(&mut self, pair: &Pair) -> Planned<Step> {
        let Pair {
            purpose,
            ours: a,
            theirs: b,
            ref path,
        } = *pair;
        let (Some(ours), Some(theirs)) = (
            self.table(purpose).get(a).cloned(),
            self.theirs.get(b).cloned(),
        ) else {
            return Err(self.different(pair, SAME_BUILD));
        };
        let mut step = |a, b, path| self.step(purpose, a, b, path);
        Ok(match (&ours, &theirs) {
            (Type::Cell(x), Type::Cell(y)) => Step::Cell {
                captured: Some(*y),
                now: true,
                content: step(*x, *y, path.clone()),
            },
            (Type::Cell(x), _) => Step::Cell {
                captured: None,
                now: true,
                content: step(*x, b, path.clone()),
            },
            (_, Type::Cell(y)) => Step::Cell {
                captured: Some(*y),
                now: false,
                content: step(a, *y, path.clone()),
            },
            (Type::Option(x), Type::Option(y)) => Step::Option(step(*x, *y, path.clone())),
            (Type::Option(x), _) => Step::Some(step(*x, b, path.clone())),
            (Type::Primitive(now), Type::Primitive(captured)) => match primitive(*now, *captured) {
                Some(step) => step,
                None => return Err(self.different(pair, advice_for(*now, *captured))),
            },
            // What they point to is compared here and converted where it is.
            (Type::Shared(x), Type::Shared(y)) | (Type::Weak(x), Type::Weak(y)) => {
                step(*x, *y, path.clone());
                Step::Fixed(4)
            }
            (Type::Seq(x), Type::Seq(y)) => Step::List {
                element: step(*x, *y, further(path, format_args!("[]"))),
                order: Order {
                    captured: true,
                    now: true,
                },
            },
            (
                Type::Set {
                    element: x,
                    sorted: now,
                },
                Type::Set {
                    element: y,
                    sorted: captured,
                },
            ) => Step::List {
                element: step(*x, *y, further(path, format_args!("[]"))),
                order: Order {
                    captured: *captured,
                    now: *now,
                },
            },
            (
                Type::Array {
                    element: x,
                    length: m,
                },
                Type::Array {
                    element: y,
                    length: n,
                },
            ) if m == n => Step::Array {
                element: step(*x, *y, further(path, format_args!("[]"))),
                length: *n,
            },
            (
                Type::Map {
                    key: k,
                    value: v,
                    sorted: now,
                },
                Type::Map {
                    key: l,
                    value: w,
                    sorted: captured,
                },
            ) => Step::Map {
                key: step(*k, *l, further(path, format_args!("[key]"))),
                value: step(*v, *w, further(path, format_args!("[value]"))),
                order: Order {
                    captured: *captured,
                    now: *now,
                },
            },
            (Type::Tuple(x), Type::Tuple(y)) if x.len() == y.len() => {
                let named = |parts: &[TypeId]| -> Vec<Field> {
                    let parts = parts.iter().enumerate();
                    let fields = parts.map(|(position, ty)| Field {
                        name: position.to_string(),
                        ty: *ty,
                    });
                    fields.collect()
                };
                Step::Fields(self.fields(purpose, &named(x), &[], &named(y), path)?)
            }
            (
                Type::Struct { name, fields },
                Type::Struct {
                    name: other,
                    fields: captured,
                },
            ) if self.is_called(purpose, a, name, other) => {
                let reading = self.reading(purpose, a);
                let hints = reading.and_then(|reading| reading.variants.first());
                let hints = hints.map_or(&[][..], |hints| hints.fields);
                Step::Fields(self.fields(purpose, fields, hints, captured, path)?)
            }
            (
                Type::Enum { name, variants },
                Type::Enum {
                    name: other,
                    variants: captured,
                },
            ) if self.is_called(purpose, a, name, other) => {
                self.variants(pair, variants, captured)?
            }
            (Type::Dynamic { name }, Type::Dynamic { name: other }) if name == other => {
                Step::Dynamic
            }
            (Type::Message { name }, Type::Message { name: other }) if name == other => Step::Blob,
            (Type::Struct { .. }, Type::Struct { .. }) | (Type::Enum { .. }, Type::Enum { .. }) => {
                let advice = "if the type was renamed, give it `#[hicam(alias = \"…\")]` with the captured name";
                return Err(self.different(pair, advice));
            }
            (_, Type::Option(_)) => {
                let advice = "there may be none in the captured state: keep the `Option`";
                return Err(self.different(pair, advice));
            }
            _ => return Err(self.different(pair, SAME_BUILD)),
        })
    }

    fn different(&self, pair: &Pair, advice: &str) -> Vec<SchemaMismatch> {
        vec![SchemaMismatch {
            path: pair.path.clone(),
            expected: quoted(&self.table(pair.purpose).name(pair.ours)),
            found: quoted(&self.theirs.name(pair.theirs)),
            advice: advice.to_owned(),
        }]
    }

    fn reading(&self, purpose: Use, ours: TypeId) -> Option<super::Reading> {
        match purpose {
            Use::Convert => self.ours.reading(ours),
            Use::Skip => None,
        }
    }

    /// Whether our type `name` is, or was, called `captured`.
    fn is_called(&self, purpose: Use, ours: TypeId, name: &str, captured: &str) -> bool {
        name == captured
            || self
                .reading(purpose, ours)
                .is_some_and(|reading| reading.aliases.contains(&captured))
    }

    fn fields(
        &mut self,
        purpose: Use,
        ours: &[Field],
        hints: &[FieldReading],
        theirs: &[Field],
        path: &str,
    ) -> Planned<Fields> {
        let mut different = Vec::new();
        let mut now = Vec::with_capacity(ours.len());
        for (position, field) in ours.iter().enumerate() {
            let hint = hints.get(position);
            let aliases = hint.map_or(&[][..], |hint| hint.aliases);
            let default = hint.is_some_and(|hint| hint.default);
            let path = further(path, format_args!(".{}", field.name));
            match find(&field.name, aliases, theirs, |field| &field.name) {
                Some(from) => {
                    let step = self.step(purpose, field.ty, theirs[from].ty, path);
                    now.push(Source {
                        from: Some((from, step)),
                        default,
                    });
                }
                None if default => now.push(Source {
                    from: None,
                    default,
                }),
                None => different.push(SchemaMismatch {
                    path,
                    expected: "this field".to_owned(),
                    found: "no such field".to_owned(),
                    advice: "give it `#[hicam(default)]`, or `#[hicam(alias = \"…\")]` with the name it was captured under"
                        .to_owned(),
                }),
            }
        }
        if !different.is_empty() {
            return Err(different);
        }
        let taken = |now: &[Source]| -> Vec<usize> {
            let from = now.iter().filter_map(|source| source.from);
            from.map(|(position, _)| position).collect()
        };
        let in_order = taken(&now).is_sorted();
        let captured = theirs
            .iter()
            .map(|field| self.step(Use::Skip, field.ty, field.ty, String::new()))
            .collect();
        Ok(Fields {
            captured,
            now,
            in_order,
        })
    }

    fn variants(&mut self, pair: &Pair, ours: &[Variant], theirs: &[Variant]) -> Planned<Step> {
        let reading = self.reading(pair.purpose, pair.ours);
        let hints = reading.map_or(&[][..], |reading| reading.variants);
        let (mut planned, mut different) = (Vec::new(), Vec::new());
        for captured in theirs {
            let path = further(&pair.path, format_args!("::{}", captured.name));
            let place = ours
                .iter()
                .position(|variant| variant.name == captured.name);
            let place = place.or_else(|| {
                hints
                    .iter()
                    .position(|hint| hint.aliases.contains(&captured.name.as_str()))
            });
            let Some((place, variant)) = place.and_then(|place| Some((place, ours.get(place)?)))
            else {
                different.push(SchemaMismatch {
                    path,
                    expected: "no such variant".to_owned(),
                    found: "this variant".to_owned(),
                    advice: "keep the variant, or give the one that takes its place `#[hicam(alias = \"…\")]`"
                        .to_owned(),
                });
                continue;
            };
            let hints = hints.get(place).map_or(&[][..], |hint| hint.fields);
            match self.fields(
                pair.purpose,
                &variant.fields,
                hints,
                &captured.fields,
                &path,
            ) {
                // A program has fewer than 2³² variants: its source names each.
                Ok(fields) => planned.push((u32::try_from(place).unwrap_or(u32::MAX), fields)),
                Err(mismatches) => different.extend(mismatches),
            }
        }
        if different.is_empty() {
            Ok(Step::Enum(planned))
        } else {
            Err(different)
        }
    }
}

/// The position of what is called `name`, else of what is called by an alias.
fn find<T>(
    name: &str,
    aliases: &[&str],
    captured: &[T],
    name_of: impl Fn(&T) -> &str,
) -> Option<usize> {
    captured
        .iter()
        .position(|part| name_of(part) == name)
        .or_else(|| {
            captured
                .iter()
                .position(|part| aliases.contains(&name_of(part)))
        })
}

/// An integer's bytes and whether it is signed.
fn integer(primitive: Primitive) -> Option<(usize, bool)> {
    Some(match primitive {
        Primitive::U8 => (1, false),
        Primitive::U16 => (2, false),
        Primitive::U32 => (4, false),
        Primitive::U64 | Primitive::Usize => (8, false),
        Primitive::U128 => (16, false),
        Primitive::I8 => (1, true),
        Primitive::I16 => (2, true),
        Primitive::I32 => (4, true),
        Primitive::I64 | Primitive::Isize => (8, true),
        Primitive::I128 => (16, true),
        _ => return None,
    })
}

/// What becomes of a captured primitive, if every value of it can be one of the other.
fn primitive(now: Primitive, captured: Primitive) -> Option<Step> {
    if let (Some((to, now)), Some((from, captured))) = (integer(now), integer(captured)) {
        return if to == from && now == captured {
            Some(Step::Fixed(from))
        } else if to > from && (now || !captured) {
            Some(Step::Widen {
                from,
                to,
                signed: captured,
            })
        } else {
            None
        };
    }
    match (now, captured) {
        (Primitive::F64, Primitive::F32) => Some(Step::Double),
        (now, captured) if now != captured => None,
        (Primitive::Unit, _) => Some(Step::Fixed(0)),
        (Primitive::Bool, _) => Some(Step::Fixed(1)),
        (Primitive::Char | Primitive::F32, _) => Some(Step::Fixed(4)),
        (Primitive::F64, _) => Some(Step::Fixed(8)),
        (Primitive::String, _) => Some(Step::Blob),
        _ => None,
    }
}

fn advice_for(now: Primitive, captured: Primitive) -> &'static str {
    match (integer(now), integer(captured)) {
        (Some(_), Some(_)) => {
            "captured numbers may not fit: an integer can become a wider one, or a signed one if that is wider"
        }
        _ => SAME_BUILD,
    }
}
