// Apollo Client's InMemoryCache, kept right by the `update` of changes and by events.
import { gql } from "@apollo/client";
import { awarded, happened, joined, roomCache } from "./examples/apollo-cache.mjs";
import { connect } from "./examples/apollo.mjs";
import * as documents from "./examples/cache-documents.mjs";
import { http } from "./support/address.mjs";
import { keep } from "./support/cached.mjs";
import { observe } from "./support/observe.mjs";
import { socketOf } from "./support/socket.mjs";

keep("Apollo Client", (token, roomId) => {
  const socket = socketOf(token);
  const client = connect(http, token, socket.client, roomCache());
  const page = { query: gql(documents.ROOM), variables: { roomId } };
  const watched = client.watchQuery(page);
  const change = (text, input, update) => client.mutate({ mutation: gql(text), variables: { input }, update });

  return {
    results: observe((observer) => watched.subscribe(observer)),
    again: async () => (await client.query(page)).data,
    more: (after) => watched.fetchMore({ query: gql(documents.MORE_PRIZES), variables: { roomId, after } }),
    join: () => change(documents.JOIN, { roomId }, joined),
    award: (prizeId, participantId) => change(documents.AWARD, { prizeId, participantId }, awarded),
    follow(after, heard) {
      const variables = { roomId, after };
      // An event is no row: it has no id by which the cache would know it.
      const events = client.subscribe({ query: gql(documents.EVENTS), variables, fetchPolicy: "no-cache" });
      events.subscribe(({ data, error }) => {
        if (error) throw error;
        happened(client.cache, data.roomEvents);
        heard(data.roomEvents.sequence);
      });
    },
    close() {
      client.stop();
      return socket.client.dispose();
    },
  };
});
