//! Attributes that write what every GraphQL type would otherwise repeat.

use proc_macro::TokenStream;
use quote::quote;
use syn::{FnArg, ImplItem, ImplItemFn, ItemImpl, PatType, Type, parse_macro_input, parse_quote};

/// Above `#[Object]`: an argument `window: WindowArguments` stands for the four arguments of a Relay connection, `first`, `after`,
/// `last` and `before` (Relay's Cursor Connections Specification, section 4), with their descriptions.
///
/// # Errors
/// It does not compile above anything but a block of methods, and on a block without such an argument.
#[proc_macro_attribute]
pub fn windows(_: TokenStream, block: TokenStream) -> TokenStream {
    let mut block = parse_macro_input!(block as ItemImpl);
    let mut found = false;
    for item in &mut block.items {
        if let ImplItem::Fn(method) = item {
            found |= widen(method);
        }
    }
    match found {
        true => quote!(#block).into(),
        false => syn::Error::new_spanned(&block.self_ty, "no method here takes a WindowArguments")
            .to_compile_error()
            .into(),
    }
}

/// Puts the four arguments in the place of a method's window, and reads the window from them.
fn widen(method: &mut ImplItemFn) -> bool {
    let Some(place) = method.sig.inputs.iter().position(is_window) else {
        return false;
    };
    let mut inputs: Vec<FnArg> = method.sig.inputs.iter().cloned().collect();
    let FnArg::Typed(PatType {
        attrs, pat: window, ty, ..
    }) = inputs.remove(place)
    else {
        return false;
    };
    let four: [FnArg; 4] = [
        parse_quote!(#[graphql(desc = "Rows from the start, 1 to 100; 20 when nothing is given.")] first: Option<crate::gql::Int>),
        parse_quote!(#[graphql(desc = "Start behind this cursor.")] after: Option<String>),
        parse_quote!(#[graphql(desc = "Rows from the end, 1 to 100.")] last: Option<crate::gql::Int>),
        parse_quote!(#[graphql(desc = "End before this cursor.")] before: Option<String>),
    ];
    inputs.splice(place..place, four);
    method.sig.inputs = inputs.into_iter().collect();
    method.attrs.push(parse_quote!(
        #[allow(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    ));
    method.block.stmts.insert(
        0,
        // An attribute of the argument stands here, where the compiler refuses one that would be lost.
        parse_quote!(#(#attrs)* let #window: #ty = crate::gql::window(first, after, last, before);),
    );
    true
}

fn is_window(argument: &FnArg) -> bool {
    let FnArg::Typed(argument) = argument else {
        return false;
    };
    let Type::Path(path) = &*argument.ty else {
        return false;
    };
    path.path
        .segments
        .last()
        .is_some_and(|segment| segment.ident == "WindowArguments")
}
