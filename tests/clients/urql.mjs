// urql: queries by HTTP, subscriptions over graphql-ws.
import { Client, fetchExchange, subscriptionExchange } from "@urql/core";
import { createClient } from "graphql-ws";
import { onEnd, pipe, subscribe } from "wonka";
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

prove("urql", {
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
    client = new Client({
      url: address.http,
      // urql reads by GET when a query is short. The server answers both.
      preferGetMethod: "within-url-limit",
      fetchOptions: { headers: { authorization } },
      exchanges: [
        fetchExchange,
        subscriptionExchange({
          forwardSubscription: (request) => ({
            subscribe: (sink) => ({ unsubscribe: socket.subscribe(request, sink) }),
          }),
        }),
      ],
    });
  },
  stop: () => socket.dispose(),
  viewer: async () => (await query(documents.VIEWER)).data.viewer,
  refused: () => firstError(documents.REFUSED),
  invalid: () => firstError(documents.INVALID),
  prizes: async (first, after) =>
    (await query(documents.PRIZES, { roomId: room.id, first, after })).data.room.prizes,
  events(after) {
    const followed = client.subscription(documents.EVENTS, { roomId: room.id, after });
    const iterator = observe(({ next, complete }) => pipe(followed, onEnd(complete), subscribe(next)));
    return new Stream(iterator, read, () => connection.terminate());
  },
});

async function query(text, variables = {}) {
  return client.query(text, variables).toPromise();
}

async function firstError(text) {
  const { error } = await query(text);
  if (error?.networkError) throw error.networkError;
  return error.graphQLErrors[0];
}

function read({ data, error }) {
  if (error) throw error;
  return data.roomEvents;
}
