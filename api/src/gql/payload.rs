//! What a mutation answers is declared once: the object, and everything else whose fields changed with it.

/// Declares what a mutation answers. The first field is the object that was changed, and others stand beside it as they are. `edge`
/// is the object as an edge of its parent's list, by the column that names the parent; `also` are other objects that changed, by
/// the column of the object's row that names them. Those are read when they are asked for, as they are after the change.
///
/// It stands for a struct with the first fields, and a GraphQL object of the same name.
macro_rules! payload {
    (
        $(#[doc = $doc:literal])+
        $name:ident {
            $(#[doc = $object_doc:literal])+
            $object:ident: $item:ident,
            $($(#[doc = $more_doc:literal])+ $more:ident: $type:ty,)*
        }
        $(edge { $(#[doc = $edge_doc:literal])+ $edge:ident by $column:path })?
        $(also { $($(#[doc = $also_doc:literal])+ $also:ident: $related:ident by $key:ident,)+ })?
    ) => {
        $(#[doc = $doc])+
        pub(crate) struct $name {
            $(#[doc = $object_doc])+
            pub $object: $item,
            $($(#[doc = $more_doc])+ pub $more: $type,)*
        }

        $(#[doc = $doc])+
        #[async_graphql::Object(serial)]
        impl $name {
            $(#[doc = $object_doc])+
            async fn $object(&self) -> &$item {
                &self.$object
            }

            $(
                $(#[doc = $more_doc])+
                async fn $more(&self) -> &$type {
                    &self.$more
                }
            )*

            $(
                $(#[doc = $edge_doc])+
                async fn $edge(&self) -> crate::gql::Nullable<crate::gql::Edge<$item>> {
                    Ok(crate::gql::edge_of(self.$object.0.clone(), $column)?)
                }
            )?

            $($(
                $(#[doc = $also_doc])+
                async fn $also(&self, ctx: &async_graphql::Context<'_>) -> crate::gql::Nullable<$related> {
                    let operation = crate::gql::OperationContext::operation(ctx)?;
                    Ok(crate::gql::load_with_deleted(operation, self.$object.0.$key).await?)
                }
            )+)?
        }
    };
}
pub(crate) use payload;
