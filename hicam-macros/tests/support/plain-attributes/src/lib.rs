//! Attributes with the names of HiCaM's that leave their item as it is. With them in place of the real ones, the
//! compiler sees exactly the code a user would have without attributes: what the transformation is compared with.

use proc_macro::TokenStream;

/// Stands for `#[hicam::migratable]`, and changes nothing.
#[proc_macro_attribute]
pub fn migratable(_: TokenStream, item: TokenStream) -> TokenStream {
    item
}
