// urql: queries by HTTP, subscriptions over graphql-ws.
import { onEnd, pipe, subscribe } from "wonka";
import { connect } from "./examples/urql.mjs";
import { http } from "./support/address.mjs";
import * as documents from "./support/documents.mjs";
import { observe } from "./support/observe.mjs";
import { prove } from "./support/proof.mjs";
import { socketOf } from "./support/socket.mjs";
import { Stream } from "./support/stream.mjs";

let room;
let client;
let socket;

prove("urql", {
  start(given) {
    room = given;
    socket = socketOf(room.token);
    client = connect(http, room.token, socket.client);
  },
  stop: () => socket.client.dispose(),
  viewer: async () => (await query(documents.VIEWER)).data.viewer,
  refused: () => firstError(documents.REFUSED),
  invalid: () => firstError(documents.INVALID),
  prizes: async (first, after) =>
    (await query(documents.PRIZES, { roomId: room.id, first, after })).data.room.prizes,
  events(after) {
    const followed = client.subscription(documents.EVENTS, { roomId: room.id, after });
    const iterator = observe(({ next, complete }) => pipe(followed, onEnd(complete), subscribe(next)));
    return new Stream(iterator, read, socket.cut);
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
