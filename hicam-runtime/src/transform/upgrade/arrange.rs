//! What a mapping says is compared with the function as it is in this build, and becomes a frame of it.

use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};

use hicam_state::{Frame, Restore};

use super::{Given, Mapping, NewFrame, OldFrame, Origin, listed};
use crate::transform::frame::{FnInfo, PointInfo, PointKind, RestoreError};

/// A frame as its new function will find it.
pub(super) struct Mapped {
    pub(super) frame: Frame,
    /// Values that are not in the frame.
    pub(super) given: Vec<(&'static str, Given)>,
    /// The callees' frames are to be dropped.
    pub(super) without_callees: bool,
}

/// Has `mapping` map a frame of an older build. `waits` if it has a callee.
pub(super) fn map(
    frame: &Frame,
    info: &'static FnInfo,
    mapping: Mapping,
    waits: bool,
    restore: &Restore,
) -> std::result::Result<Mapped, RestoreError> {
    let old = OldFrame {
        frame,
        restore,
        waits,
    };
    let refused = |message: String| RestoreError::Mapping {
        function: frame.function.clone(),
        point: standing(frame),
        message,
    };
    // A mapping is the user's code, which may panic: that refuses the frame, and is no reason to end anything else.
    let new = catch_unwind(AssertUnwindSafe(|| mapping(&old)))
        .map_err(|_| refused("it panicked".to_owned()))?
        .map_err(|error| refused(chain(&*error)))?;
    arrange(frame, info, new, waits).map_err(refused)
}

/// `in apply (src/bank.rs:40)`
pub(super) fn standing(frame: &Frame) -> String {
    let Frame {
        point,
        point_name,
        file,
        line,
        ..
    } = frame;
    if point_name.is_empty() {
        format!("point {point} ({file}:{line})")
    } else {
        format!("`{point_name}` ({file}:{line})")
    }
}

/// An error and its causes.
fn chain(error: &dyn Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words += &format!(": {error}");
        cause = error.source();
    }
    words
}

/// What can be known of a new frame before the types of its variables are.
fn arrange(
    old: &Frame,
    info: &'static FnInfo,
    new: NewFrame,
    waits: bool,
) -> std::result::Result<Mapped, String> {
    let NewFrame {
        point,
        locals,
        without_callees,
    } = new;
    let found = (1..)
        .zip(info.points)
        .find(|(_, there)| there.name == point);
    let Some((number, there)) = found else {
        let there = listed(info.points.iter().map(|point| point.name));
        return Err(format!(
            "it goes on at `{point}`, which is no point of the function in this build: these are {there}"
        ));
    };
    check_callees(there, old, waits, without_callees)?;
    let mut frame = Frame {
        function: info.name.to_owned(),
        point: number,
        file: info.file.to_owned(),
        line: there.line,
        fingerprint: info.fingerprint,
        locals: Vec::new(),
        branches: Vec::new(),
        point_name: point,
    };
    let mut given = Vec::new();
    let mut arranged: Vec<&'static str> = Vec::new();
    for (name, origin) in locals {
        let name = mentioned(&name, info, there)?;
        if arranged.contains(&name) {
            return Err(format!("it gives `{name}` twice"));
        }
        arranged.push(name);
        match origin {
            Origin::Given(value) => given.push((name, value)),
            Origin::Old(from) => {
                let local = old.locals.iter().find(|local| local.name == from);
                let local = local.ok_or_else(|| {
                    let there = listed(old.locals.iter().map(|local| local.name.as_str()));
                    format!(
                        "it takes `{name}` from `{from}`, but the captured frame has only {there}"
                    )
                })?;
                frame.locals.push(renamed(local, name));
            }
        }
    }
    let mut missing = Vec::new();
    for name in names(info, there.needs).filter(|name| !arranged.contains(name)) {
        match same_name(name, old, info, there.needs) {
            Some(local) => frame.locals.push(renamed(local, name)),
            None => missing.push(name),
        }
    }
    if !missing.is_empty() {
        return Err(format!(
            "at `{}` the function needs {}, for which the mapping gives nothing and the captured frame has no single variable \
             of that name, but {}",
            there.name,
            listed(missing.into_iter()),
            listed(old.locals.iter().map(|local| local.name.as_str())),
        ));
    }
    // What is kept until its scope ends is not needed, so it may be missing.
    for name in names(info, there.keeps) {
        if let Some(local) = same_name(name, old, info, there.keeps) {
            frame.locals.push(renamed(local, name));
        }
    }
    Ok(Mapped {
        frame,
        given,
        without_callees,
    })
}

/// A frame goes on in a call if and only if it has a callee that does.
fn check_callees(
    there: &PointInfo,
    old: &Frame,
    waits: bool,
    without_callees: bool,
) -> std::result::Result<(), String> {
    let waits = (waits || !old.branches.is_empty()) && !without_callees;
    let name = there.name;
    match (there.kind, waits) {
        (PointKind::InBranches, _) => Err(format!(
            "it goes on at `{name}`, but which calls went on there at the same time cannot be mapped: go on before it, with `NewFrame::without_callees`"
        )),
        (PointKind::InCall, false) => Err(format!(
            "it goes on at `{name}`, but there is no callee's frame to go on with: go on before the call"
        )),
        (PointKind::InCall, true) if old.branches.is_empty() => Ok(()),
        (PointKind::Entry | PointKind::BeforeAwait | PointKind::Loop, false) => Ok(()),
        (_, true) if !old.branches.is_empty() => Err(
            "the captured function waited for several calls at the same time, which cannot be mapped: give them up with `NewFrame::without_callees`".to_owned()
        ),
        (_, true) => Err(format!(
            "it goes on at `{name}`, although the captured function waited for a callee: go on at `in …` of the same call, or give the callee up with `NewFrame::without_callees`"
        )),
    }
}

/// The variable that a mapping calls `name`.
fn mentioned(
    name: &str,
    info: &'static FnInfo,
    there: &'static PointInfo,
) -> std::result::Result<&'static str, String> {
    let needed = || names(info, there.needs);
    if let Some(found) = needed().find(|needed| *needed == name) {
        return Ok(found);
    }
    let mut alike = needed().filter(|needed| plain(needed) == *name);
    if let (Some(found), None) = (alike.next(), alike.next()) {
        return Ok(found);
    }
    let needs = listed(needed());
    Err(
        if info
            .locals
            .iter()
            .any(|(_, local)| plain(local) == plain(name))
        {
            format!(
                "it gives `{name}`, which is not alive at `{}`: {needs} are",
                there.name
            )
        } else {
            format!(
                "it gives `{name}`, which is no variable of the function in this build: at `{}` these are alive: {needs}",
                there.name
            )
        },
    )
}

/// The old variable that is meant by the name of a new one: if there is one of the name on each side.
fn same_name<'f>(
    name: &str,
    old: &'f Frame,
    info: &'static FnInfo,
    alive: &'static [u16],
) -> Option<&'f hicam_state::Local> {
    let is_made = name.starts_with("__hicam_");
    let one_here = names(info, alive)
        .filter(|other| plain(other) == plain(name))
        .count()
        == 1;
    let mut there = old
        .locals
        .iter()
        .filter(|local| plain(&local.name) == plain(name));
    match (there.next(), there.next()) {
        // Numbered by the transformation: in another function the number means something else.
        (Some(local), None) if one_here && !is_made => Some(local),
        _ => None,
    }
}

/// A variable's name in the source: without the numbers of those that hide others.
fn plain(name: &str) -> String {
    let mut parts = name.split('@');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| {
        name + part.trim_start_matches(|char: char| char.is_ascii_digit())
    })
}

fn names(info: &'static FnInfo, ids: &'static [u16]) -> impl Iterator<Item = &'static str> {
    let locals = info.locals.iter();
    locals.filter_map(move |(id, name)| ids.contains(id).then_some(*name))
}

fn renamed(local: &hicam_state::Local, name: &str) -> hicam_state::Local {
    hicam_state::Local {
        name: name.to_owned(),
        value: local.value.clone(),
    }
}
