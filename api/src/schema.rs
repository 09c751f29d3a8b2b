//! Assembles the areas into one schema.

use std::sync::Arc;

use async_graphql::{
    Context, Data, ID, Interface, MergedObject, MergedSubscription, Object, Response, Schema, SchemaBuilder,
    ServerError, ServerResult, Variables,
    extensions::{
        Extension, ExtensionContext, ExtensionFactory, NextExecute, NextParseQuery, NextPrepareRequest, NextSubscribe,
    },
    parser::types::ExecutableDocument,
};
use futures::{StreamExt, future::join_all, stream::BoxStream};

use entity::{Id, id};

use crate::{
    caller::{Caller, Origin},
    error::Error,
    gql::{self, Answer, Item, OperationContext, load},
    identity::{IdentityMutation, IdentityQuery, Profile, Session},
    loaders::whole_batches,
    operation::{Operation, Services},
    organization::{Membership, Organization, OrganizationMutation, OrganizationQuery},
    room::{
        App, Draw, DrawExclusion, DrawStep, Participant, Prize, Room, RoomMutation, RoomQuery, RoomSubscription, Winner,
    },
    store::Visible,
};

/// Everything that can be read.
#[derive(Default, MergedObject)]
#[graphql(serial)]
pub struct Query(NodeQuery, IdentityQuery, OrganizationQuery, RoomQuery);

/// Everything that can be changed.
#[derive(Default, MergedObject)]
pub struct Mutation(IdentityMutation, OrganizationMutation, RoomMutation);

/// Everything that can be followed live.
#[derive(Default, MergedSubscription)]
pub struct Subscription(RoomSubscription);

/// The schema that serves.
pub type ApiSchema = Schema<Query, Mutation, Subscription>;

/// Deepest selection; graphql-js's introspection query needs 15.
const MAX_DEPTH: usize = 15;

fn builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(Query::default(), Mutation::default(), Subscription::default()).limit_depth(MAX_DEPTH)
}

/// The schema for queries and mutations over HTTP. It has no extension: any costs a fifth of the CPU of an answer.
pub fn schema() -> ApiSchema {
    builder().finish()
}

/// The same schema for sockets: every execution, an event's too, gets a snapshot of its own.
pub fn socket_schema(services: Arc<Services>) -> ApiSchema {
    builder().extension(FreshOperation(services)).finish()
}

/// The schema in the definition language.
pub fn sdl() -> String {
    schema().sdl_with_options(
        async_graphql::SDLExportOptions::new()
            .sorted_fields()
            .sorted_arguments()
            .sorted_enum_items(),
    )
}

/// Anything with a global id.
#[derive(Interface)]
#[graphql(field(
    name = "id",
    ty = "ID",
    desc = "Global id: a prefix that names the type, and 26 characters."
))]
#[allow(clippy::large_enum_variant, reason = "each variant is one pointer")]
pub enum Node {
    /// A person.
    Profile(Profile),
    /// One of the viewer's sessions.
    Session(Session),
    /// A tenant.
    Organization(Organization),
    /// A user's place in an organization.
    Membership(Membership),
    /// A program that runs rooms.
    App(App),
    /// A live event.
    Room(Room),
    /// Someone's place in a room.
    Participant(Participant),
    /// What can be won.
    Prize(Prize),
    /// A prize won.
    Winner(Winner),
    /// A draw.
    Draw(Draw),
    /// Something that happened to a draw.
    DrawStep(DrawStep),
    /// Someone who was kept out of a draw.
    DrawExclusion(DrawExclusion),
}

/// Queries for anything with a global id.
#[derive(Default)]
pub struct NodeQuery;

/// Queries for anything with a global id.
#[Object(serial)]
impl NodeQuery {
    /// The object behind any global id; null when there is none, or the viewer may not see it.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "Any global id.")] id: ID) -> Answer<Node> {
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

async fn find(operation: &Operation, field: &'static str, text: &ID) -> Result<Option<Node>, Error> {
    let Ok((prefix, uuid)) = id::parse(text) else {
        let message = format!("{field} is no id. It looks like room_… with 26 characters after the underscore.");
        return Err(Error::validation(field, message));
    };
    Ok(match prefix.as_str() {
        entity::UserId::PREFIX => crate::identity::find_profile(operation, uuid.into())
            .await?
            .map(|user| Node::Profile(Profile(user))),
        entity::SessionId::PREFIX => one::<Session>(operation, uuid).await?.map(Node::Session),
        entity::OrganizationId::PREFIX => one::<Organization>(operation, uuid).await?.map(Node::Organization),
        entity::MembershipId::PREFIX => one::<Membership>(operation, uuid).await?.map(Node::Membership),
        entity::AppId::PREFIX => one::<App>(operation, uuid).await?.map(Node::App),
        entity::RoomId::PREFIX => one::<Room>(operation, uuid).await?.map(Node::Room),
        entity::ParticipantId::PREFIX => one::<Participant>(operation, uuid).await?.map(Node::Participant),
        entity::PrizeId::PREFIX => one::<Prize>(operation, uuid).await?.map(Node::Prize),
        entity::WinnerId::PREFIX => one::<Winner>(operation, uuid).await?.map(Node::Winner),
        entity::DrawId::PREFIX => one::<Draw>(operation, uuid).await?.map(Node::Draw),
        entity::DrawStepId::PREFIX => one::<DrawStep>(operation, uuid).await?.map(Node::DrawStep),
        entity::DrawExclusionId::PREFIX => one::<DrawExclusion>(operation, uuid).await?.map(Node::DrawExclusion),
        other => {
            return Err(Error::validation(
                field,
                format!("{other}_… is no kind of id that can be looked up."),
            ));
        }
    })
}

async fn one<T: Item>(operation: &Operation, uuid: uuid::Uuid) -> Result<Option<T>, Error> {
    load(operation, <T::Entity as Visible>::Id::from(uuid)).await
}

/// Gives each execution of a socket its own operation, as its caller is at that moment, and finishes its errors.
struct FreshOperation(Arc<Services>);

impl ExtensionFactory for FreshOperation {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(FreshOperationExtension(self.0.clone()))
    }
}

struct FreshOperationExtension(Arc<Services>);

impl FreshOperationExtension {
    fn operation(&self, ctx: &ExtensionContext<'_>) -> Arc<Operation> {
        let caller = ctx.data_opt::<Caller>().cloned().unwrap_or(Caller::Anonymous);
        let origin = ctx.data_opt::<Origin>().cloned().unwrap_or_default();
        Arc::new(Operation::new(self.0.clone(), caller, origin))
    }

    /// Refuses to execute for a session that has ended since the socket was opened.
    async fn still_signed_in(&self, ctx: &ExtensionContext<'_>) -> Result<(), Error> {
        match ctx.data_opt::<Caller>() {
            Some(Caller::User(session)) => self.0.sessions.validate(session.user, session.session).await.map(drop),
            _ => Ok(()),
        }
    }
}

fn refused(error: Error) -> ServerError {
    ServerError {
        locations: Vec::new(),
        ..async_graphql::Error::from(error).into_server_error(Default::default())
    }
}

fn request_id<'a>(ctx: &ExtensionContext<'a>) -> &'a str {
    ctx.data_opt::<Origin>()
        .map(|origin| origin.request_id.as_str())
        .unwrap_or_default()
}

#[async_trait::async_trait]
impl Extension for FreshOperationExtension {
    async fn prepare_request(
        &self,
        ctx: &ExtensionContext<'_>,
        request: async_graphql::Request,
        next: NextPrepareRequest<'_>,
    ) -> ServerResult<async_graphql::Request> {
        let request = request.data(self.operation(ctx));
        next.run(ctx, request).await
    }

    async fn parse_query(
        &self,
        ctx: &ExtensionContext<'_>,
        query: &str,
        variables: &Variables,
        next: NextParseQuery<'_>,
    ) -> ServerResult<ExecutableDocument> {
        gql::check_nesting(query).map_err(refused)?;
        next.run(ctx, query, variables).await
    }

    fn subscribe<'s>(
        &self,
        ctx: &ExtensionContext<'_>,
        stream: BoxStream<'s, Response>,
        next: NextSubscribe<'_>,
    ) -> BoxStream<'s, Response> {
        let request_id = request_id(ctx).to_owned();
        let finished = stream.map(move |mut response| {
            gql::finish(&mut response, &request_id);
            response
        });
        next.run(ctx, finished.boxed())
    }

    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        if let Err(error) = self.still_signed_in(ctx).await {
            return Response::from_errors(vec![refused(error)]);
        }
        let mut data = Data::default();
        data.insert(self.operation(ctx));
        let limit = self.0.config.operation_limit();
        match tokio::time::timeout(limit, whole_batches(next.run_with_data(ctx, operation_name, data))).await {
            Ok(response) => response,
            Err(_) => Response::from_errors(vec![refused(Error::too_long(limit))]),
        }
    }
}
