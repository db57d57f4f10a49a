//! The constructs that contain points.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Expr, Lifetime};

use super::Lower;
use super::sites::Site;
use super::slots::Held;
use crate::arguments::{path, share};
use crate::concurrent;
use crate::control::pass_label;
use crate::ir::{Await, Driven, Hold, If, Loop, Match, Node, PointId, Select, VarId};

impl Lower<'_> {
    pub(super) fn node(&mut self, node: &Node, exit: &Lifetime) -> TokenStream {
        match node {
            Node::Check(point) => {
                let check = check(*point, exit);
                quote!({ #check })
            }
            Node::Await(call) => self.await_node(call, exit),
            Node::If(branch) => self.if_node(branch, exit),
            Node::Match(choice) => self.match_node(choice, exit),
            Node::Loop(repeat) => self.loop_node(repeat, exit),
            Node::Block(block) => self.closed(block, exit),
            Node::Hold(hold) => self.hold_node(hold, exit),
            Node::Concurrent(several) => self.concurrent_node(several, exit),
        }
    }

    /// ```text
    /// f(a, &mut b).await          // points 3 (before) and 4 (in the call)
    /// ```
    /// →
    /// ```text
    /// { if pc == 3 { pc = 0 }
    ///   else if pc == 0 && stack.flagged() { stack.arrive(3); break 'exit }
    ///   let tag = Tag::new();
    ///   let flow = if pc != 4 { Site(tag.of(f(a, &mut b))).drive(stack).await }
    ///              else { pc = 0; Site((&&tag).resumer2()(Resumed, &mut b)).drive(stack).await };
    ///   match flow { Done(value) => value, Suspended => { suspended_in_call(4); break 'exit } } }
    /// ```
    fn await_node(&mut self, call: &Await, exit: &Lifetime) -> TokenStream {
        let before = call.before.map(|point| check(point, exit));
        let point = call.in_call;
        let mut held = Held::default();
        let receiver = call.receiver.map(|receiver| receiver.var);
        let receiver = receiver.filter(|&var| self.rests(var));
        let resting = call.operand.mentions.iter().copied();
        let taken: Vec<VarId> = resting
            .filter(|&var| self.rests(var) && receiver != Some(var))
            .collect();
        for &var in &taken {
            let marks = (call.operand.before, call.operand.after, point);
            self.hold(var, marks, &mut held, exit);
        }
        let mut operand = self.completed(&call.operand, &taken);
        // What is evaluated again on resume makes its temporaries anew.
        let outlived = if call.driven == Driven::Again {
            Vec::new()
        } else {
            let kept = call.receiver.is_some_and(|receiver| receiver.temporary);
            self.outlived_by(&mut operand, call.driven, kept)
        };
        let lasts = quote!(__hicam_lasts);
        let judgements = outlived.iter().map(|outlived| outlived.judgement(&lasts));
        let judgements: TokenStream = judgements.collect();
        let can = (!judgements.is_empty()).then(|| {
            quote!(
                use ::hicam::__private::{CanSuspend as _, CannotSuspend as _};
                let mut __hicam_lasts = ::core::option::Option::None;
            )
        });
        // The call's type may name what its temporaries lend, and they are gone.
        let tells = (!judgements.is_empty()).then(|| {
            quote! {
                if false {
                    ::hicam::__private::diverge();
                    __hicam_lasts = ::core::option::Option::Some((&&__hicam_tag).suspends());
                }
            }
        });
        self.pass(call, &mut operand);
        let mut resume = call.resume.clone();
        if let Expr::MethodCall(method) = concurrent::inner(&mut operand, call.driven)
            && self.is_lent_elsewhere(&method.receiver, point)
        {
            resume.first_mut().into_iter().for_each(share);
        }
        self.rest(call, &mut resume, exit);
        let received = call
            .receiver
            .filter(|_| receiver.is_some())
            .map(|receiver| self.receive(receiver, call, &mut operand, &mut resume, exit));
        let site = Site {
            driven: call.driven,
            tag: format_ident!("__hicam_tag"),
            stack: quote!(__hicam_stack),
            span: call.span,
            captured: self.is_captured(&operand, call),
        };
        // What is evaluated on both paths has its type from itself.
        let tag = (call.driven != Driven::Again)
            .then(|| quote!(let __hicam_tag = ::hicam::__private::Tag::new();));
        let (fresh_call, resumed_call) = (site.fresh(&operand), site.resumed(&operand, &resume));
        let (typed, fresh_call) = match received {
            Some(received) => (Some(received.before), (received.around)(fresh_call)),
            None => (None, fresh_call),
        };
        let Held {
            around,
            declare,
            fresh,
            spent,
            resumed,
            back,
        } = held;
        let fresh_call = if spent.is_empty() {
            quote!(#fresh_call)
        } else {
            quote!(let __hicam_flow = #fresh_call; #spent __hicam_flow)
        };
        quote! {{
            #[allow(unused_imports)]
            use ::hicam::__private::{Annotated as _, CopyReference as _, DriveAnnotated as _, DriveForeign as _, ForeignResumer as _, ReferenceAgain as _, TakeValue as _, ValueAgain as _};
            #can
            #before
            __hicam_stack.at(&__HICAM_INFO, #point);
            #around
            #declare
            #tag
            #typed
            let __hicam_flow = if __hicam_pc != #point {
                #fresh
                #fresh_call
            } else {
                __hicam_pc = 0;
                #resumed
                #resumed_call
            };
            #tells
            #judgements
            #back
            match __hicam_flow {
                ::hicam::__private::Flow::Done(__hicam_done) => __hicam_done,
                ::hicam::__private::Flow::Suspended => {
                    __hicam_stack.suspended_in_call(#point);
                    break #exit
                }
            }
        }}
    }

    /// Whether an awaited operand is a variable that is captured.
    fn is_captured(&self, operand: &Expr, call: &Await) -> bool {
        let Expr::Path(path) = operand else {
            return false;
        };
        let mut mentions = call.operand.mentions.iter();
        mentions
            .any(|&var| path.path.is_ident(self.ident(var)) && self.classes.of[var].is_captured())
    }

    /// Whether a borrow of a place is alive at a point: then a method that is called on the place can only borrow it shared.
    fn is_lent_elsewhere(&self, place: &Expr, point: PointId) -> bool {
        let Some(place) = path(place) else {
            return false;
        };
        let borrowed = self.body.vars.iter().enumerate();
        let mut borrowed = borrowed.filter(|(var, _)| self.live.at_point(point, *var));
        borrowed.any(|(_, facts)| {
            let mut places = facts.places.iter();
            places.any(|other| other.starts_with(&place) || place.starts_with(other))
        })
    }

    /// ```text
    /// if cond { A } else { B }    // points 3 to 5 in A
    /// ```
    /// →
    /// ```text
    /// if (if pc == 0 { cond } else { 3 <= pc && pc <= 5 }) { A } else { B }
    /// ```
    fn if_node(&mut self, branch: &If, exit: &Lifetime) -> TokenStream {
        let cond = self.code(&branch.cond);
        let resumed = within(branch.then.points);
        let then = self.closed(&branch.then, exit);
        let otherwise = branch.otherwise.as_ref().map(|otherwise| {
            let otherwise = self.closed(otherwise, exit);
            quote!(else { #otherwise })
        });
        quote!(if (if __hicam_pc == 0 { #cond } else { #resumed }) { #then } #otherwise)
    }

    fn match_node(&mut self, choice: &Match, exit: &Lifetime) -> TokenStream {
        let carriers = &choice.carriers;
        let (mut resumed, mut arms) = (TokenStream::new(), TokenStream::new());
        for (number, arm) in (0u32..).zip(&choice.arms) {
            if arm.has_points() {
                let (first, last) = arm.points;
                resumed.extend(quote!(#first..=#last => #number,));
            }
            let pattern = if number as usize + 1 == choice.arms.len() {
                quote!(_)
            } else {
                quote!(#number)
            };
            let block = self.closed(arm, exit);
            arms.extend(quote!(#pattern => { #block }));
        }
        let resumed = quote!(match __hicam_pc { #resumed _ => 0 });
        let select = match &choice.select {
            Select::Once(select, left) => {
                let select = match left {
                    Some(left) => {
                        let select = self.part_matched(select, left);
                        self.code(&select)
                    }
                    None => self.code(select),
                };
                quote!(if __hicam_pc == 0 { #select } else { #resumed })
            }
            Select::Guarded(select) => self.guarded(select, &resumed, exit),
        };
        // A binding of an arm that is re-entered is restored by the arm; here nothing is carried.
        quote! {{
            #(let mut #carriers = ::core::option::Option::None;)*
            let __hicam_arm: u32 = #select;
            match __hicam_arm { #arms }
        }}
    }

    /// ```text
    /// { let mut v = slot.take();
    ///   let value = 'hold: { 'exit: { break 'hold block }  slot = Some(v); break 'outer_exit };
    ///   slot = Some(v); value }
    /// ```
    fn hold_node(&mut self, hold: &Hold, exit: &Lifetime) -> TokenStream {
        let vars: Vec<VarId> = hold
            .vars
            .iter()
            .copied()
            .filter(|&var| self.rests(var))
            .collect();
        if vars.is_empty() {
            return self.closed(&hold.block, exit);
        }
        let takes: TokenStream = vars.iter().map(|&var| self.take(var, Some(exit))).collect();
        let puts: TokenStream = vars.iter().map(|&var| self.put(var)).collect();
        let mut after = TokenStream::new();
        for &var in &vars {
            if self.live.at_mark(hold.after, var) {
                after.extend(self.put(var));
            } else if self.lasts(var, hold.after) {
                // It was only borrowed.
                after.extend(self.last(var));
            }
        }
        let (label, inner) = (self.label("hold"), self.label("exit"));
        let outside = self.held.len();
        self.held
            .extend(vars.iter().map(|&var| (var, hold.first_target)));
        let block = self.closed(&hold.block, &inner);
        self.held.truncate(outside);
        quote! {{
            #takes
            let __hicam_held = #label: {
                #inner: { break #label #block; }
                #puts
                break #exit;
            };
            #after
            __hicam_held
        }}
    }

    /// ```text
    /// loop { body }               // point 3 at the head
    /// ```
    /// →
    /// ```text
    /// if pc == 3 { pc = 0 }   // going on from the head is entering the loop anew
    /// else if pc == 0 && stack.flagged() { stack.arrive(3); break 'exit }
    /// let flag = stack.flag();
    /// 'label: loop {
    ///     'pass: { body }
    ///     if flag.is_set() { stack.arrive(3); break 'exit }
    /// }
    /// ```
    /// A point always leaves the loop, and the function is entered again if it was not to be suspended after all: so
    /// the loop contains no call but its own, and what it keeps in registers stays there.
    fn loop_node(&mut self, repeat: &Loop, exit: &Lifetime) -> TokenStream {
        let label = &repeat.label;
        let pass = pass_label(label);
        let body = self.closed(&repeat.body, exit);
        let Some(head) = repeat.head else {
            return quote!({ #label: loop { #pass: { #body } } });
        };
        let check = check(head, exit);
        quote! {{
            #check
            let __hicam_flag = __hicam_stack.flag();
            #label: loop {
                #pass: { #body }
                if __hicam_flag.is_set() {
                    __hicam_stack.arrive(#head);
                    break #exit;
                }
            }
        }}
    }
}

/// A point outside of loops: left when a capture may be wanted, unless the function has just been re-entered here.
fn check(point: u32, exit: &Lifetime) -> TokenStream {
    quote! {
        if __hicam_pc == #point {
            __hicam_pc = 0;
        } else if __hicam_pc == 0 && __hicam_stack.flagged() {
            __hicam_stack.arrive(#point);
            break #exit;
        }
    }
}

fn within((first, last): (u32, u32)) -> TokenStream {
    if first > last {
        quote!(false)
    } else {
        quote!((#first..=#last).contains(&__hicam_pc))
    }
}
