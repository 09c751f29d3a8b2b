//! Assembles the areas into one schema.

use std::{num::NonZeroUsize, sync::Arc};

use async_graphql::{
    Context, Data, ID, Interface, MergedObject, MergedSubscription, Object, Response, SDLExportOptions, Schema,
    SchemaBuilder, ValidationMode,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute},
};
use futures::future::join_all;
use tokio::sync::Semaphore;

use entity::{Id, UserId, id};

use crate::{
    caller::{Caller, Origin},
    config::Config,
    draw::{Draw, DrawExclusion, DrawMutation, DrawQuery, DrawStep},
    error::{Error, RequestError},
    gql::{self, Item, Nullable, OperationContext, load},
    identity::{IdentityMutation, IdentityQuery, Profile, Session},
    loaders::whole_batches,
    operation::{Allowance, Operation, Services, StreamPosition},
    organization::{Membership, Organization, OrganizationMutation, OrganizationQuery},
    room::{App, Participant, Prize, Room, RoomMutation, RoomQuery, RoomSubscription, Winner, find_profile},
    store::Visible,
};

/// Everything that can be read.
#[derive(Default, MergedObject)]
#[graphql(serial)]
pub struct Query(NodeQuery, IdentityQuery, OrganizationQuery, RoomQuery, DrawQuery);

/// Everything that can be changed.
#[derive(Default, MergedObject)]
pub struct Mutation(IdentityMutation, OrganizationMutation, RoomMutation, DrawMutation);

/// Everything that can be followed live.
#[derive(Default, MergedSubscription)]
pub struct Subscription(RoomSubscription);

/// The schema that serves.
pub type ApiSchema = Schema<Query, Mutation, Subscription>;

fn builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(Query::default(), Mutation::default(), Subscription::default())
}

/// What clients may ask about the schema. Limits and rules are kept at the front, before the executor.
fn for_clients(config: &Config) -> SchemaBuilder<Query, Mutation, Subscription> {
    let builder = builder().validation_mode(ValidationMode::Fast);
    match config.introspection() {
        true => builder,
        false => builder.disable_introspection(),
    }
}

/// The schema for queries and mutations. It has no extension: any costs a fifth of the CPU of an answer.
pub fn serving(config: &Config) -> ApiSchema {
    for_clients(config).finish()
}

/// The same schema for subscriptions: every event gets a snapshot of its own.
pub fn streaming(services: Arc<Services>) -> ApiSchema {
    for_clients(&services.config)
        .extension(FreshOperation {
            services: services.clone(),
            turns: events_at_once(),
        })
        .finish()
}

/// The same schema for requests that ask for an explanation.
pub fn explaining(config: &Config, explaining: impl ExtensionFactory) -> ApiSchema {
    for_clients(config).extension(explaining).finish()
}

/// The schema as it is written down.
pub fn schema() -> ApiSchema {
    builder().finish()
}

/// What the schema says of itself.
const DESCRIPTION: &str = "Live rooms of organizations: prize draws, quizzes, training runs. People join a room, watch it \
live, and win; programs run rooms through the same API. How to write a client is in docs/api.md.";

/// The schema in the definition language.
pub fn sdl() -> String {
    let options = SDLExportOptions::new()
        .sorted_fields()
        .sorted_arguments()
        .sorted_enum_items()
        .include_specified_by();
    let sdl = schema().sdl_with_options(options);
    // The executor keeps no description of a schema.
    let described = format!("\n\"\"\"\n{DESCRIPTION}\n\"\"\"\nschema {{");
    sdl.replacen("\nschema {", &described, 1)
}

/// The objects with a global id: the interface that they share, and how each is found by its id.
macro_rules! nodes {
    ($($(#[doc = $doc:literal])+ $node:ident = $find:path,)+) => {
        /// Anything with a global id.
        #[derive(Interface)]
        #[graphql(field(
            name = "id",
            ty = "ID",
            desc = "Global id: a prefix that names the type, and 26 characters."
        ))]
        #[allow(clippy::large_enum_variant, reason = "each variant is one pointer")]
        pub enum Node {
            $($(#[doc = $doc])+ $node($node),)+
        }

        async fn find(operation: &Operation, field: &'static str, text: &ID) -> Result<Option<Node>, Error> {
            let Ok((prefix, uuid)) = id::parse(text) else {
                let message = format!("{field} is no id. It looks like room_… with 26 characters after the underscore.");
                return Err(Error::validation(field, message));
            };
            $(
                if prefix == prefix_of::<$node>() {
                    let id = <<$node as Item>::Entity as Visible>::Id::from(uuid);
                    return Ok($find(operation, id).await?.map(Node::$node));
                }
            )+
            let message = format!("{prefix}_… is no kind of id that can be looked up.");
            Err(Error::validation(field, message))
        }
    };
}

nodes! {
    /// A person.
    Profile = profile,
    /// One of the viewer's sessions.
    Session = load,
    /// A tenant.
    Organization = load,
    /// A user's place in an organization.
    Membership = load,
    /// A program that runs rooms.
    App = load,
    /// A live event.
    Room = load,
    /// Someone's place in a room.
    Participant = load,
    /// What can be won.
    Prize = load,
    /// A prize won.
    Winner = load,
    /// A draw.
    Draw = load,
    /// Something that happened to a draw.
    DrawStep = load,
    /// Someone who was kept out of a draw.
    DrawExclusion = load,
}

/// How ids of a kind of object begin.
fn prefix_of<T: Item>() -> &'static str {
    <T::Entity as Visible>::Id::PREFIX
}

/// A profile by its id alone is for people whom the viewer meets.
async fn profile(operation: &Operation, id: UserId) -> Result<Option<Profile>, Error> {
    Ok(find_profile(operation, id).await?.map(Profile))
}

/// Queries for anything with a global id.
#[derive(Default)]
pub struct NodeQuery;

/// Queries for anything with a global id.
#[Object(serial)]
impl NodeQuery {
    /// The object behind any global id; null when there is none, or the viewer may not see it.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "Any global id.")] id: ID) -> Nullable<Node> {
        Ok(find(ctx.operation()?, "id", &id).await?)
    }

    /// The objects behind many global ids, in their order; null for each that there is not.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Any global ids, 100 at most.")] ids: Vec<ID>,
    ) -> async_graphql::Result<Vec<Option<Node>>> {
        if ids.len() > 100 {
            let message = format!("ids has {} entries; it may have 100 at most.", ids.len());
            return Err(Error::validation("ids", message).into());
        }
        let operation = ctx.operation()?;
        let found = join_all(ids.iter().map(|id| find(operation, "ids", id))).await;
        Ok(found.into_iter().collect::<Result<_, _>>()?)
    }
}

/// Events for each processor that are made at a time: enough to wait for the database meanwhile. A thousand followers of
/// one room, or a few of a long log, would otherwise stand between every other caller and an answer.
const EVENTS_OF_A_PROCESSOR: usize = 4;

fn events_at_once() -> Arc<Semaphore> {
    let processors = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    Arc::new(Semaphore::new(processors * EVENTS_OF_A_PROCESSOR))
}

/// Gives each event of a stream its turn, and an operation of its own, as its caller is at that moment.
#[derive(Clone)]
struct FreshOperation {
    services: Arc<Services>,
    turns: Arc<Semaphore>,
}

impl ExtensionFactory for FreshOperation {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(self.clone())
    }
}

impl FreshOperation {
    fn operation(&self, ctx: &ExtensionContext<'_>, caller: Caller) -> Arc<Operation> {
        let origin = ctx.data_opt::<Origin>().cloned().unwrap_or_default();
        let operation = Operation::new(self.services.clone(), caller, origin);
        Arc::new(match ctx.data_opt::<Allowance>() {
            Some(allowance) => operation.allowing(*allowance),
            None => operation,
        })
    }

    /// The stream's caller as they are now. Nothing is executed for a session that has ended since it was opened.
    async fn caller(&self, ctx: &ExtensionContext<'_>) -> Result<Caller, Error> {
        match ctx.data_opt::<Caller>() {
            Some(caller) => self.services.sessions.require_live(caller).await,
            None => Ok(Caller::Anonymous),
        }
    }
}

#[async_trait::async_trait]
impl Extension for FreshOperation {
    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        // Nobody closes it. The limit of time begins with the turn.
        let _turn = self.turns.acquire().await.ok();
        let caller = match self.caller(ctx).await {
            Ok(caller) => caller,
            Err(error) => return Response::from_errors(vec![gql::refusal(&error)]),
        };
        let mut data = Data::default();
        let operation = self.operation(ctx, caller);
        data.insert(operation.clone());
        let limit = self.services.config.operation_limit();
        let execution = whole_batches(next.run_with_data(ctx, operation_name, data));
        let outcome = tokio::time::timeout(limit, execution).await;
        if let (true, Some(position)) = (operation.is_personal(), ctx.data_opt::<Arc<StreamPosition>>()) {
            position.note_personal();
        }
        outcome.unwrap_or_else(|_| Response::from_errors(vec![gql::refusal(&RequestError::too_long(limit).into())]))
    }
}
