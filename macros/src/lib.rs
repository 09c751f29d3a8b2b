//! Attributes and derives that write what every GraphQL type and every table would otherwise repeat.

use proc_macro::TokenStream;
use quote::quote;
use syn::{
    Data, DeriveInput, Fields, FnArg, ImplItem, ImplItemFn, ItemImpl, PatType, Type, parse_macro_input, parse_quote,
};

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

/// Reads a row by the places of its columns: the fields of the struct in their order, which is that of SeaORM's select of the
/// entity. To look up each column by its name costs more than to decode it.
///
/// # Errors
/// It does not compile on anything but a struct with named fields.
#[proc_macro_derive(ByPosition)]
pub fn by_position(item: TokenStream) -> TokenStream {
    let item = parse_macro_input!(item as DeriveInput);
    let fields = match &item.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => &fields.named,
            fields => return refused(fields, "the fields need names"),
        },
        _ => return refused(&item.ident, "a row is a struct"),
    };
    let name = &item.ident;
    let columns = fields.iter().enumerate().map(|(place, field)| {
        let ident = &field.ident;
        match is_option(&field.ty) {
            true => quote!(#ident: crate::position::nullable(row, #place)?),
            false => quote!(#ident: row.try_get_by_index(#place)?),
        }
    });
    quote! {
        impl crate::position::ByPosition for #name {
            fn by_position(row: &sea_orm::QueryResult) -> Result<Self, sea_orm::DbErr> {
                Ok(Self { #(#columns,)* })
            }
        }
    }
    .into()
}

fn is_option(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|segment| segment.ident == "Option"))
}

fn refused(at: &impl quote::ToTokens, why: &str) -> TokenStream {
    syn::Error::new_spanned(at, why).to_compile_error().into()
}
