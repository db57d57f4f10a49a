//! What the derive reports and what it writes.
#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

/// The messages of the errors, each with the source it is at.
fn errors(source: &str) -> Vec<(String, String)> {
    let error = parse(syn::parse_str(source).unwrap()).err().unwrap();
    error
        .into_iter()
        .map(|error| {
            (
                error.span().source_text().unwrap_or_default(),
                error.to_string(),
            )
        })
        .collect()
}

#[test]
fn every_error_is_reported_at_its_field() {
    let found = errors(
        "struct Bad<'a> {
            text: &'a str,
            #[hicam(skip)] skipped: &'a [u8],
            cow: Cow<'a, str>,
            table: &'static [u8],
            #[hicam(rebuild = table)] rebuilt: &'static [u8],
            name: &'static str,
            call: fn(&u8),
            boxed: Box<dyn Fn(&u8)>,
            #[hicam(skip, rebuild = x)] twice: u8,
            #[hicam(serialize)] unknown: u8,
        }",
    );
    let at: Vec<&str> = found.iter().map(|(place, _)| place.as_str()).collect();
    assert_eq!(
        at,
        [
            "&'a str",
            "&'a [u8]",
            "'a",
            "&'static [u8]",
            "rebuild = x",
            "serialize"
        ]
    );
    assert!(found[0].1.contains("own the data"), "{found:?}");
    assert!(found[3].1.contains("rebuild"), "{found:?}");
    assert!(found[5].1.contains("#[hicam(skip)]"), "{found:?}");
}

#[test]
fn items_that_have_no_state() {
    let [(place, message)] = &errors("union Either { int: u32, float: f32 }")[..] else {
        unreachable!("one error");
    };
    assert_eq!(place, "union");
    assert!(message.contains("use an enum"), "{message}");
    assert_eq!(errors("struct Unused<'a>(u8, PhantomFor);")[0].0, "'a");
    assert_eq!(
        errors("enum E { #[hicam(skip)] A }")[0].1,
        "a variant takes `#[hicam(rename = \"…\")]` or `#[hicam(alias = \"…\")]`; other settings go on its fields"
    );
    assert_eq!(
        errors("#[hicam(default)] enum E { A(u8) }")[0].1,
        "an enum has no fields of its own; put it on fields of its variants"
    );
    assert_eq!(
        errors("#[hicam(skip)] struct S;")[0].1,
        "this goes on a field, not on the type"
    );
}

#[test]
fn the_expansion_names_the_runtime_alone() {
    let input = "struct Pair<T: Ord, const N: usize> { left: [T; N], #[hicam(skip)] cache: Cache }";
    let expansion = expand(syn::parse_str(input).unwrap());
    let file: syn::File = syn::parse2(expansion).unwrap();
    let expected = r#"const _: () = {
    #[allow(unused_imports)]
    use ::hicam::__private::state::__private::ways::*;
    #[automatically_derived]
    impl<
        T: Ord + ::hicam::__private::state::State,
        const N: usize,
    > ::hicam::__private::state::State for Pair<T, N> {
        const ON_DROP: ::hicam::__private::state::OnDrop = ::hicam::__private::state::OnDrop::any(
            &[
                ::hicam::__private::state::__private::PartOf::<[T; N]>::ON_DROP,
                ::hicam::__private::state::OnDrop::of::<Cache>(),
            ],
        );
        const BEHIND_RC: ::hicam::__private::state::OnDrop = ::hicam::__private::state::OnDrop::any(
            &[::hicam::__private::state::__private::PartOf::<[T; N]>::BEHIND_RC],
        );
        fn describe(
            types: &mut ::hicam::__private::state::TypeTable,
        ) -> ::hicam::__private::state::TypeId {
            types
                .define::<
                    Self,
                >(|types| ::hicam::__private::state::__private::structure(
                    "Pair",
                    ::std::vec![
                        (&& && && && && && &
                        ::hicam::__private::state::__private::PartOf:: < [T; N] > ::TYPE)
                        .part().describe("left", types)
                    ],
                ))
        }
        fn encode(
            &self,
            out: &mut ::hicam::__private::state::Encoder,
        ) -> ::core::result::Result<(), ::hicam::__private::state::EncodeError> {
            let Self { left: part_0, .. } = self;
            (&&&&&&&&&&&&&::hicam::__private::state::__private::PartOf::<[T; N]>::TYPE)
                .part()
                .encode(part_0, "Pair", "left", out)?;
            ::core::result::Result::Ok(())
        }
        fn decode(
            input: &mut ::hicam::__private::state::Decoder<'_>,
        ) -> ::core::result::Result<Self, ::hicam::__private::state::DecodeError> {
            ::core::result::Result::Ok(Self {
                left: (&&&&&&&&&&&&&::hicam::__private::state::__private::PartOf::<
                    [T; N],
                >::TYPE)
                    .part()
                    .decode("Pair", "left", input)?,
                cache: <Cache as ::core::default::Default>::default(),
            })
        }
        fn placeholder() -> ::core::option::Option<Self> {
            ::core::option::Option::Some(Self {
                left: (&&&&&&&&&&&&&::hicam::__private::state::__private::PartOf::<
                    [T; N],
                >::TYPE)
                    .part()
                    .placeholder()?,
                cache: <Cache as ::core::default::Default>::default(),
            })
        }
        #[inline]
        fn glance(&self) {
            (&&&&&&&&&&&&&::hicam::__private::state::__private::PartOf::<[T; N]>::TYPE)
                .part()
                .glance(&self.left);
        }
        #[inline]
        fn touch(&self, levels: u8) {
            let Self { left: part_0, .. } = self;
            (&&&&&&&&&&&&&::hicam::__private::state::__private::PartOf::<[T; N]>::TYPE)
                .part()
                .touch(part_0, levels);
        }
    }
    trait CapturedTypesMustNotImplementDrop {}
    #[allow(drop_bounds, reason = "whether there is an implementation is the question")]
    impl<T: ::core::ops::Drop> CapturedTypesMustNotImplementDrop for T {}
    impl<
        T: Ord + ::hicam::__private::state::State,
        const N: usize,
    > CapturedTypesMustNotImplementDrop for Pair<T, N> {}
};
"#;
    assert_eq!(prettyplease::unparse(&file), expected);
}

#[test]
fn names_and_defaults_that_cannot_be() {
    let messages = |source| -> Vec<String> {
        let errors = errors(source).into_iter();
        errors.map(|(_, message)| message).collect()
    };
    assert_eq!(
        messages(
            r#"struct S { #[hicam(skip, default)] a: u8, #[hicam(rename = "c")] b: u8, c: u8 }"#
        ),
        [
            "a field that is not captured has neither a name nor a default in the state",
            "another field has this name in the state",
        ]
    );
    assert_eq!(
        messages(
            r#"enum E { #[hicam(alias = "B")] A, B, #[hicam(rename = "X", rename = "Y")] C }"#
        ),
        [
            "it has one name; earlier ones are `alias`es",
            "another variant has this name in the state",
        ]
    );
}
