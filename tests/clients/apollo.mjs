// Apollo Client: queries by HTTP, subscriptions over graphql-ws.
import { CombinedGraphQLErrors, gql } from "@apollo/client";
import { connect } from "./examples/apollo.mjs";
import { http } from "./support/address.mjs";
import * as documents from "./support/documents.mjs";
import { observe } from "./support/observe.mjs";
import { prove } from "./support/proof.mjs";
import { socketOf } from "./support/socket.mjs";
import { Stream } from "./support/stream.mjs";

let room;
let client;
let socket;

prove("Apollo Client", {
  start(given) {
    room = given;
    socket = socketOf(room.token);
    client = connect(http, room.token, socket.client);
  },
  stop() {
    client.stop();
    return socket.client.dispose();
  },
  viewer: async () => (await query(documents.VIEWER)).data.viewer,
  refused: () => firstError(query(documents.REFUSED)),
  invalid: () => firstError(query(documents.INVALID)),
  prizes: async (first, after) =>
    (await query(documents.PRIZES, { roomId: room.id, first, after })).data.room.prizes,
  events(after) {
    const followed = client.subscribe({ query: gql(documents.EVENTS), variables: { roomId: room.id, after } });
    const iterator = observe((observer) => followed.subscribe(observer));
    return new Stream(iterator, read, socket.cut);
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
