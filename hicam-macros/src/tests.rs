//! What cannot be transformed is an error at the user's own code that says what to write instead.

use proc_macro2::TokenStream;
use quote::quote;

use crate::{conditional, conformist, main_attr, migratable};

/// The messages of the compile errors in an expansion.
fn messages(expansion: TokenStream) -> Vec<String> {
    let file: syn::File = syn::parse2(expansion).expect("an expansion is a list of items");
    let errors = file.items.into_iter().filter_map(|item| match item {
        syn::Item::Macro(item) if item.mac.path.segments.last()?.ident == "compile_error" => Some(
            syn::parse2::<syn::LitStr>(item.mac.tokens)
                .expect("a message")
                .value(),
        ),
        _ => None,
    });
    errors.collect()
}

fn expand(item: TokenStream) -> Vec<String> {
    let args = syn::parse2(TokenStream::new()).expect("no arguments");
    messages(migratable::expand(args, item))
}

fn only(found: Vec<String>, part: &str) {
    assert_eq!(found.len(), 1, "one mistake, one message: {found:?}");
    assert!(found[0].contains(part), "{found:?}");
}

#[test]
fn supported_code_has_no_error() {
    let found = expand(quote! {
        async fn sum(n: u64, log: &mut Vec<u64>) -> Result<u64, String> {
            let mut total = 0;
            for i in 0..n { total += other(i, log).await?; }
            Ok(total)
        }
    });
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn ordinary_functions() {
    only(
        expand(quote!(
            fn sum() {}
        )),
        "only an `async fn`",
    );
    only(
        expand(quote!(
            struct Sum;
        )),
        "goes on an `async fn`, an `impl` block or a trait",
    );
}

#[test]
fn signatures() {
    let nested = expand(quote!(
        async fn f(x: Vec<impl Copy>) {}
    ));
    assert!(nested.is_empty(), "{nested:?}");
    only(
        expand(quote!(
            async unsafe fn f() {}
        )),
        "an `unsafe` function",
    );
    only(
        expand(quote!(
            async fn f() -> impl Copy {}
        )),
        "cannot return `impl Trait`",
    );
    only(
        expand(quote!(
            async fn f(&self) {}
        )),
        "on the `impl` block",
    );
}

#[test]
fn places_where_a_point_cannot_be() {
    only(
        expand(quote!(
            async fn f() {
                unknown!(g().await);
            }
        )),
        "inside a macro",
    );
    only(
        expand(quote!(
            async fn f(x: u8) {
                custom!(x > 0, g().await);
            }
        )),
        "inside a macro",
    );
    only(
        expand(quote!(
            async fn f() {
                unsafe { g().await }
            }
        )),
        "inside `unsafe`",
    );
    only(
        expand(quote!(
            async fn f(x: u8) {
                match &x {
                    (Some(y), _) | (_, Some(y)) if g(y).await => {}
                    _ => {}
                }
            }
        )),
        "write an arm for each",
    );
}

#[test]
fn forms_of_select_that_are_not_supported() {
    only(
        expand(quote!(
            async fn f() {
                tokio::select! { else => 0, _ = g() => 1 }
            }
        )),
        "the last branch",
    );
    only(
        expand(quote!(
            async fn f() {
                tokio::select! {}
            }
        )),
        "without a branch",
    );
}

#[test]
fn a_reissued_future_takes_no_variable() {
    only(
        expand(quote!(
            async fn f() {
                let jobs = jobs();
                hicam::reissue(move || jobs.next()).await;
            }
        )),
        "without `move` it borrows them",
    );
}

#[test]
fn all_mistakes_are_reported_together() {
    let found = expand(quote! {
        async fn f(x: u8) {
            unsafe { g().await };
            custom!(x, g().await);
        }
    });
    assert_eq!(found.len(), 2, "{found:?}");
}

#[test]
fn arguments_of_attributes() {
    let args: Result<migratable::Args, _> = syn::parse2(quote!(points = "none"));
    assert!(args.is_err_and(|error| error.to_string().contains("`points` is")));
    let args: Result<conformist::Args, _> = syn::parse2(quote!());
    assert!(args.is_err_and(|error| error.to_string().contains("class is missing")));
    let args: Result<conformist::Args, _> = syn::parse2(quote!(class = "Bank"));
    assert!(args.is_err_and(|error| error.to_string().contains("lower-case")));
    let args: Result<main_attr::Args, _> = syn::parse2(quote!(Bank, durability = "some"));
    assert!(args.is_err_and(|error| error.to_string().contains("`durability` is")));
    let args: Result<main_attr::Args, _> = syn::parse2(quote!(Bank, interval = "1 day"));
    assert!(args.is_err_and(|error| error.to_string().contains("with a unit")));
}

#[test]
fn streaming_is_refused() {
    let args = syn::parse2(quote!(class = "chat")).expect("good arguments");
    let found = messages(conformist::expand(
        &args,
        quote! {
            impl chat_server::Chat for Chat {
                type TalkStream = Talk;
                async fn listen(&self, request: Request<Streaming<Word>>) -> Result<Response<Reply>, Status> { reply() }
            }
        },
    ));
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(
        found
            .iter()
            .all(|message| message.contains("streaming RPCs")),
        "{found:?}"
    );
}

/// The output grows linearly with the function.
#[test]
fn expansions_grow_linearly() {
    let size = |points: usize| {
        let steps = (0..points).map(|_| quote!(total += step(total).await;));
        let item = quote!(async fn f(mut total: u64) -> u64 { #(#steps)* total });
        let args = syn::parse2(TokenStream::new()).expect("no arguments");
        migratable::expand(args, item).to_string().len()
    };
    let (ten, sixty) = (size(10), size(60));
    assert!(
        sixty < ten * 6,
        "10 points: {ten} characters, 60 points: {sixty}"
    );
}

/// Frames carry these names, and mappings of old frames go by them: they depend on nothing but what stands at the point.
#[test]
fn points_are_called_by_what_stands_there() {
    let source = r#"
        async fn settle(bank: &Bank, orders: Vec<u64>) -> Result<u64, Error> {
            let mut total = 0;
            'all: for order in orders {
                for (left, right) in pairs() {
                    total += bank.apply(left, right).await;
                }
                while total < order {
                    total += ledger::apply(order).await?;
                }
                for _ in 0..2 {
                    hicam::point().await;
                }
                for _ in 0..3 {
                    total += bank.waiting.await;
                }
                loop {
                    let (a, b) = tokio::join!(step(total), step(order));
                    total += a + b;
                    println!("{}", note(total).await);
                    if total > 9 {
                        continue 'all;
                    }
                }
            }
            Ok(total)
        }
    "#;
    let item: TokenStream = source.parse().expect("good code");
    let args = syn::parse2(TokenStream::new()).expect("no arguments");
    let expansion = migratable::expand(args, item).to_string();
    let infos = expansion.split("PointInfo { name : \"").skip(1);
    let names: Vec<&str> = infos.filter_map(|info| info.split('"').next()).collect();
    let expected = [
        "entry",
        "'all",
        "for left, right",
        "before apply",
        "in apply",
        "while",
        "before apply (2)",
        "in apply (2)",
        "for _",
        "before point",
        "in point",
        "for _ (2)",
        "before waiting",
        "in waiting",
        "loop",
        "before join!",
        "in join!",
        "before note",
        "in note",
    ];
    assert_eq!(names, expected);
    for local in [
        "\"'all: iterator\"",
        "\"for _: iterator\"",
        "\"for _ (2): iterator\"",
    ] {
        assert!(expansion.contains(local), "no {local}");
    }
}

/// One condition at a time: the compiler keeps one of two items, and expands that one's attribute.
#[test]
fn conditions_are_left_to_the_compiler() {
    let attribute = quote!(#[::hicam::conformist(class = "c")]);
    let item = syn::parse2(quote! {
        #[tonic::async_trait]
        impl A for B {
            #[cfg(x)]
            async fn f(&self) { g().await; }
            async fn h(&self) { #[cfg(not(x))] g().await; #[cfg(y)] let n = 1; }
        }
    });
    let decided = conditional::decide(&attribute, &item.expect("an item"));
    let expected = quote! {
        #[cfg(x)]
        #[::hicam::conformist(class = "c")]
        #[tonic::async_trait]
        impl A for B {
            async fn f(&self) { g().await; }
            async fn h(&self) { #[cfg(y)] let n = 1; }
        }
        #[cfg(not(x))]
        #[::hicam::conformist(class = "c")]
        #[tonic::async_trait]
        impl A for B {
            async fn h(&self) { g().await; #[cfg(y)] let n = 1; }
        }
    };
    assert_eq!(
        decided.expect("a condition").to_string(),
        expected.to_string()
    );
    let item = syn::parse2(quote!(
        async fn f() {
            #[allow(unused)]
            let n = 1;
            fn g() {
                #[cfg(x)]
                h();
            }
        }
    ));
    assert!(conditional::decide(&attribute, &item.expect("an item")).is_none());
}
