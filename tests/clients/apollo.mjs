// Apollo Client: queries by HTTP, subscriptions over graphql-ws.
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import * as address from "./support/address.mjs";
import * as documents from "./support/documents.mjs";
import { observe } from "./support/observe.mjs";
import { prove } from "./support/proof.mjs";
import { Stream } from "./support/stream.mjs";

let room;
let client;
let socket;
let connection;

prove("Apollo Client", {
  start(given) {
    room = given;
    const authorization = `Bearer ${room.token}`;
    socket = createClient({
      url: address.socket,
      webSocketImpl: WebSocket,
      connectionParams: () => ({ authorization }),
      retryAttempts: 0,
      on: { connected: (opened) => (connection = opened) },
    });
    client = new ApolloClient({
      cache: new InMemoryCache(),
      link: ApolloLink.split(
        ({ operationType }) => operationType === "subscription",
        new GraphQLWsLink(socket),
        new HttpLink({ uri: address.http, headers: { authorization } }),
      ),
    });
  },
  stop() {
    client.stop();
    return socket.dispose();
  },
  viewer: async () => (await query(documents.VIEWER)).data.viewer,
  refused: () => firstError(query(documents.REFUSED)),
  invalid: () => firstError(query(documents.INVALID)),
  prizes: async (first, after) =>
    (await query(documents.PRIZES, { roomId: room.id, first, after })).data.room.prizes,
  events(after) {
    const followed = client.subscribe({ query: gql(documents.EVENTS), variables: { roomId: room.id, after } });
    const iterator = observe((observer) => followed.subscribe(observer));
    return new Stream(iterator, read, () => connection.terminate());
  },
});

function query(text, variables) {
  return client.query({ query: gql(text), variables });
}

async function firstError(answer) {
  try {
    await answer;
  } catch (error) {
    if (CombinedGraphQLErrors.is(error)) return error.errors[0];
    throw error;
  }
  throw new Error("not refused");
}

function read({ data, error }) {
  if (error) throw error;
  return data.roomEvents;
}
