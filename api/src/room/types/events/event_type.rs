//! What the types of all events share.

/// One type of event: the fields that all share, and its own, which `$facts` answers.
macro_rules! event_type {
    (
        $(#[doc = $doc:literal])+
        $name:ident($type:ty) {
            $($(#[doc = $field_doc:literal])+ fn $field:ident(&$this:ident $(, $ctx:ident)?) -> $answer:ty $body:block)*
        }
    ) => {
        $(#[doc = $doc])+
        pub struct $name {
            pub(super) entry: Entry,
            pub(super) facts: $type,
        }

        $(#[doc = $doc])+
        #[Object(serial)]
        impl $name {
            /// Its place in the room's log, from 1 without gaps.
            pub async fn sequence(&self) -> Long {
                Long(self.entry.sequence)
            }

            /// When it happened.
            pub async fn occurred_at(&self) -> Timestamp {
                Timestamp(self.entry.occurred_at)
            }

            /// The room's id, without a look at the database.
            pub async fn room_id(&self) -> ID {
                output(self.entry.room)
            }

            /// The room as it is now.
            pub async fn room(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Room>> {
                Ok(load(ctx.operation()?, self.entry.room).await?)
            }

            $(
                $(#[doc = $field_doc])+
                async fn $field(&$this $(, $ctx: &Context<'_>)?) -> $answer $body
            )*
        }
    };
}
pub(super) use event_type;
