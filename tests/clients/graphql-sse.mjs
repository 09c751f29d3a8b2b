// The npm package graphql-sse, the reference client of GraphQL over server-sent events, for everything.
import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "./examples/graphql-sse.mjs";
import { http } from "./support/address.mjs";
import * as documents from "./support/documents.mjs";
import { rememberingFetch } from "./support/last-event.mjs";
import { ORDERED, isOrdered } from "./support/order.mjs";
import { PATIENCE } from "./support/patience.mjs";
import { prove } from "./support/proof.mjs";
import { Stream } from "./support/stream.mjs";

let room;
let client;

prove("graphql-sse", {
  start(given) {
    room = given;
    client = connect(http, room.token);
  },
  stop: () => client.dispose(),
  viewer: async () => (await run(documents.VIEWER)).data.viewer,
  refused: async () => (await run(documents.REFUSED)).errors[0],
  // What is refused before execution is told in an event as well, so that an EventSource can read it.
  invalid: async () => (await run(documents.INVALID)).errors[0],
  prizes: async (first, after) =>
    (await run(documents.PRIZES, { roomId: room.id, first, after })).data.room.prizes,
  events(after) {
    const connection = rememberingFetch();
    const following = connect(http, room.token, { fetchFn: connection.fetch });
    const iterator = following.iterate({ query: documents.EVENTS, variables: { roomId: room.id, after } });
    return new Stream(iterator, (result) => result.data.roomEvents, connection.cut);
  },
});

test("graphql-sse reads keys in the order of the selection", PATIENCE, async () => {
  isOrdered((await run(ORDERED)).data);
});

test("graphql-sse comes back by itself with the id of the last event", PATIENCE, async () => {
  const connection = rememberingFetch();
  const following = connect(http, room.token, {
    fetchFn: connection.fetch,
    retryAttempts: 3,
    retry: async () => {},
  });
  // Every try sends the same `after`. The server goes by Last-Event-ID.
  const events = following.iterate({ query: documents.EVENTS, variables: { roomId: room.id, after: 0 } });
  const sequences = [];
  const take = async (name) => {
    for (;;) {
      const { value, done } = await events.next();
      assert.ok(!done && !value.errors, JSON.stringify(value));
      sequences.push(value.data.roomEvents.sequence);
      if (value.data.roomEvents.name === name) return;
    }
  };

  await room.addPrize("Before the cut");
  await take("Before the cut");
  assert.ok(connection.lastEvent(), "events have ids");
  connection.cut();
  await room.addPrize("After the cut");
  await take("After the cut");
  await events.return();
  assert.deepEqual(sequences, sequences.map((_, index) => index + 1));
});

test("every event has data, or a browser would not hand it on", PATIENCE, async () => {
  for (const query of [documents.INVALID, "query Anybody { rooms(first: 1) { totalCount } }"]) {
    const body = JSON.stringify({ query });
    const headers = { accept: "text/event-stream", "content-type": "application/json" };
    const response = await fetch(http, { method: "POST", headers, body });
    assert.match(response.headers.get("content-type"), /^text\/event-stream/);
    const events = (await response.text()).split("\n\n").map((event) => event.split("\n"));
    const named = events.filter((lines) => lines.some((line) => line.startsWith("event:")));
    const names = named.map((lines) => lines.find((line) => line.startsWith("event:")));
    assert.deepEqual(names, ["event: next", "event: complete"]);
    for (const lines of named) assert.ok(lines.some((line) => line.startsWith("data:")), lines.join("\n"));
  }
});

async function run(query, variables) {
  for await (const result of client.iterate({ query, variables })) return result;
}
