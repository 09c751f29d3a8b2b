// urql's graphcache, kept right by its `updates` for changes and for events.
import { readFileSync } from "node:fs";
import { buildSchema, introspectionFromSchema } from "graphql";
import { pipe, subscribe } from "wonka";
import * as documents from "./examples/cache-documents.mjs";
import { roomCache } from "./examples/urql-cache.mjs";
import { connect } from "./examples/urql.mjs";
import { http } from "./support/address.mjs";
import { keep } from "./support/cached.mjs";
import { observe } from "./support/observe.mjs";
import { socketOf } from "./support/socket.mjs";

const sdl = readFileSync(new URL("../../schema.graphql", import.meta.url), "utf8");
const schema = introspectionFromSchema(buildSchema(sdl));

keep("urql", (token, roomId) => {
  const socket = socketOf(token);
  const client = connect(http, token, socket.client, roomCache(schema));
  const page = () => client.query(documents.ROOM, { roomId });

  const taken = ({ error }) => {
    if (error) throw error;
  };
  const change = async (text, input) => taken(await client.mutation(text, { input }));

  return {
    results: observe(({ next }) => pipe(page(), subscribe(next))),
    again: async () => (await page()).data,
    more: async (after) => taken(await client.query(documents.MORE_PRIZES, { roomId, after })),
    join: () => change(documents.JOIN, { roomId }),
    award: (prizeId, participantId) => change(documents.AWARD, { prizeId, participantId }),
    follow(after, heard) {
      const events = client.subscription(documents.EVENTS, { roomId, after });
      const take = (result) => {
        taken(result);
        heard(result.data.roomEvents.sequence);
      };
      pipe(events, subscribe(take));
    },
    close: () => socket.client.dispose(),
  };
});
