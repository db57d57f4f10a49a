//! Values by their type: numbers, texts, collections, structs.

use super::Generator;
use super::conditions::is_collection;
use super::expressions::{atom, postfix};
use super::scope::Mode;
use crate::types::Type;

impl Generator<'_> {
    /// An expression made of others.
    pub(super) fn compound(&mut self, ty: &Type, depth: usize) -> String {
        match ty {
            Type::U64 => self.number_value(depth),
            Type::I32 => {
                let left = self.untyped(|this| this.value(ty, depth));
                let right = self.value(ty, depth);
                let method = ["wrapping_add", "wrapping_mul", "wrapping_sub"][self.rng.below(3)];
                format!("{}.{method}({right})", atom(&left))
            }
            Type::Bool => self.untyped(|this| this.condition(depth)),
            Type::Text => self.text_value(depth),
            Type::Noted => self.noted_value(depth),
            Type::Vec(inner) => self.vec_value(inner, depth),
            Type::Deque(inner) => {
                let values = self.values(inner, depth, 1, 3);
                format!("VecDeque::from([{values}])")
            }
            Type::Map(inner) => {
                let key = self.value(&Type::U64, depth);
                let value = self.value(inner, depth);
                format!("BTreeMap::from([({key}, {value})])")
            }
            Type::Option(inner) => self.option_value(inner, depth),
            Type::Result(inner, error) => {
                let value = if self.rng.chance(80) {
                    format!("Ok({})", self.value(inner, depth))
                } else if *error == 0 {
                    let code = self.value(&Type::U64, depth);
                    format!("Err(Refused({code}))")
                } else {
                    let code = self.value(&Type::U64, depth);
                    let why = self.value(&Type::Text, depth);
                    format!("Err(Failed::Late {{ code: {code}, why: {why} }})")
                };
                self.as_result(value, inner, *error)
            }
            Type::Tuple(all) => {
                let all: Vec<_> = all.iter().map(|ty| self.value(ty, depth)).collect();
                format!("({})", all.join(", "))
            }
            Type::Named(at) => {
                let (path, fields) = self.constructor(*at);
                fields.filled(&path, |_, ty| self.typed(|this| this.value(ty, depth)))
            }
            Type::Unit | Type::Str | Type::Param => self.leaf(ty),
        }
    }

    fn values(&mut self, ty: &Type, depth: usize, low: usize, high: usize) -> String {
        let count = self.rng.between(low, high);
        let all: Vec<_> = (0..count).map(|_| self.value(ty, depth)).collect();
        all.join(", ")
    }

    fn number_value(&mut self, depth: usize) -> String {
        let ty = Type::U64;
        let found = match self.rng.below(12) {
            7 => self
                .readable(|ty| *ty == Type::Noted)
                .map(|place| format!("{}.id()", self.path(&place))),
            0 => self
                .readable(is_collection)
                .map(|place| format!("({}.len() as u64)", self.path(&place))),
            1 => self
                .readable(|ty| matches!(ty, Type::Vec(inner) if **inner == Type::U64))
                .map(|place| {
                    let at = self.rng.below(4);
                    format!("{}.get({at}).copied().unwrap_or({at})", self.path(&place))
                }),
            2 => self
                .readable(|ty| matches!(ty, Type::Vec(inner) if **inner == Type::U64))
                .map(|place| {
                    let start = self.pure(|this| this.leaf(&Type::U64));
                    format!(
                        "{}.iter().fold({start}, |sum, item| sum.wrapping_mul(3) ^ *item)",
                        self.path(&place)
                    )
                }),
            3 => self
                .writable(|ty| matches!(ty, Type::Vec(inner) if **inner == Type::U64))
                .map(|place| format!("{}.pop().unwrap_or(4)", self.path(&place))),
            4 => self.writable(|ty| *ty == Type::U64).map(|place| {
                let target = self.reference_mut(&place, true);
                // A borrow that is alive while the value is made.
                let value = self.borrowed_mutably(place.var, |this| {
                    this.without_points(|this| this.value(&ty, depth))
                });
                format!("std::mem::replace({target}, {value})")
            }),
            5 => self
                .readable(|ty| *ty == Type::I32)
                .map(|place| format!("({} as u64)", self.deref(&place))),
            6 => {
                let wanted = Type::Option(Box::new(Type::U64));
                let value = self.untyped(|this| this.value(&wanted, depth));
                let other = self.leaf(&Type::U64);
                Some(format!("{}.unwrap_or({other})", atom(&value)))
            }
            _ => None,
        };
        if let Some(found) = found {
            return found;
        }
        let left = self.untyped(|this| this.value(&ty, depth));
        let left = atom(&left);
        match self.rng.below(7) {
            0 => format!("({left} % {})", self.rng.between(2, 9)),
            1 => format!("({left} / 2)"),
            2 => {
                let right = self.untyped(|this| this.value(&ty, depth));
                format!("({left} ^ {})", atom(&right))
            }
            3 => {
                let right = self.value(&ty, depth);
                format!("{left}.wrapping_mul({right})")
            }
            4 => {
                let right = self.untyped(|this| this.value(&ty, depth));
                format!("({left} & {})", atom(&right))
            }
            _ => {
                let right = self.value(&ty, depth);
                format!("{left}.wrapping_add({right})")
            }
        }
    }

    fn text_value(&mut self, depth: usize) -> String {
        match self.rng.below(6) {
            0 | 1 => self.format_text(depth),
            2 => {
                let left = self.untyped(|this| this.value(&Type::Text, depth));
                let place = self.lent(&Type::Text, Mode::Shared);
                format!("{} + {}", atom(&left), self.reference(&place, Mode::Shared))
            }
            3 => {
                let value = self.untyped(|this| this.value(&Type::U64, depth));
                format!("{}.to_string()", atom(&value))
            }
            4 => self
                .readable(|ty| *ty == Type::Text)
                .map(|place| format!("{}.chars().rev().collect::<String>()", self.path(&place)))
                .unwrap_or_else(|| self.literal(&Type::Text)),
            _ => self
                .writable(|ty| *ty == Type::Text)
                .map(|place| {
                    let target = self.reference_mut(&place, true);
                    format!("std::mem::take({target})")
                })
                .unwrap_or_else(|| self.leaf(&Type::Text)),
        }
    }

    /// `format!("…{x}…{}", …)`
    fn format_text(&mut self, depth: usize) -> String {
        let mut text = self.word().replace('{', "{{");
        let mut values = String::new();
        for _ in 0..self.rng.between(1, 3) {
            let place = self.readable(|_| true);
            match place {
                Some(place) if place.field.is_empty() => {
                    text.push_str(&format!("{{{}:?}}", self.path(&place)));
                }
                _ => {
                    let ty = if self.rng.chance(50) {
                        Type::U64
                    } else {
                        Type::Text
                    };
                    let value = if self.features.macro_points {
                        self.without_moves(|this| {
                            this.in_macro(|this| this.untyped(|this| this.value(&ty, depth)))
                        })
                    } else {
                        self.pure(|this| this.untyped(|this| this.leaf(&ty)))
                    };
                    text.push_str("{:?}");
                    values.push_str(", ");
                    values.push_str(&value);
                }
            }
            if self.rng.chance(40) {
                text.push('-');
            }
        }
        format!("format!(\"{text}\"{values})")
    }

    fn vec_value(&mut self, inner: &Type, depth: usize) -> String {
        let ty = Type::Vec(Box::new(inner.clone()));
        match self.rng.below(7) {
            0 | 1 => format!("Vec::from([{}])", self.values(inner, depth, 1, 3)),
            2 | 3 => {
                let values = self.in_macro(|this| this.values(inner, depth, 1, 3));
                format!("vec![{values}]")
            }
            4 if *inner == Type::U64 => {
                let end = self.rng.between(1, 4);
                let by = self.pure(|this| this.leaf(&Type::U64));
                format!("(0..{end}).map(|n: u64| n.wrapping_mul({by})).collect::<Vec<_>>()")
            }
            4 => {
                let value = self.untyped(|this| this.value(&ty, depth));
                format!("{}.into_iter().rev().collect::<Vec<_>>()", postfix(&value))
            }
            5 if *inner == Type::U64 => self
                .readable(|other| *other == ty)
                .map(|place| {
                    let by = self.pure(|this| this.leaf(&Type::U64));
                    let path = self.path(&place);
                    format!("{path}.iter().map(|item| item.wrapping_add({by})).collect::<Vec<_>>()")
                })
                .unwrap_or_else(|| self.leaf(&ty)),
            _ => self
                .writable(|other| *other == ty)
                .map(|place| {
                    let target = self.reference_mut(&place, true);
                    format!("std::mem::take({target})")
                })
                .unwrap_or_else(|| self.leaf(&ty)),
        }
    }

    fn option_value(&mut self, inner: &Type, depth: usize) -> String {
        let found = match self.rng.below(8) {
            0 => self
                .writable(|ty| matches!(ty, Type::Vec(item) if **item == *inner))
                .map(|place| format!("{}.pop()", self.path(&place))),
            1 => self
                .writable(|ty| matches!(ty, Type::Deque(item) if **item == *inner))
                .map(|place| format!("{}.pop_front()", self.path(&place))),
            2 => self
                .readable(|ty| matches!(ty, Type::Vec(item) if **item == *inner))
                .map(|place| {
                    let method = ["first", "last"][self.rng.below(2)];
                    format!("{}.{method}().cloned()", self.path(&place))
                }),
            3 => self
                .writable(|ty| matches!(ty, Type::Map(item) if **item == *inner))
                .map(|place| {
                    let path = self.path(&place);
                    let key = self.pure(|this| this.leaf(&Type::U64));
                    format!("{path}.remove(&{})", atom(&key))
                }),
            4 => self
                .readable(|ty| matches!(ty, Type::Map(item) if **item == *inner))
                .map(|place| {
                    let path = self.path(&place);
                    let key = self.borrowed(place.var, |this| this.value(&Type::U64, depth));
                    format!("{path}.get(&{}).cloned()", atom(&key))
                }),
            5 => self
                .writable(|ty| matches!(ty, Type::Option(item) if **item == *inner))
                .map(|place| format!("{}.take()", self.path(&place))),
            6 if *inner == Type::U64 => {
                let left = self.untyped(|this| this.value(inner, depth));
                let right = self.leaf(inner);
                Some(format!("{}.checked_sub({right})", atom(&left)))
            }
            _ => None,
        };
        found.unwrap_or_else(|| format!("Some({})", self.value(inner, depth)))
    }
}
