// The npm package graphql-ws, the reference client of the protocol graphql-transport-ws, for everything.
import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "./examples/graphql-ws.mjs";
import { http } from "./support/address.mjs";
import * as documents from "./support/documents.mjs";
import { ORDERED, isOrdered } from "./support/order.mjs";
import { PATIENCE } from "./support/patience.mjs";
import { prove } from "./support/proof.mjs";
import { socketOf } from "./support/socket.mjs";
import { Stream } from "./support/stream.mjs";

let room;
let client;
let socket;

prove("graphql-ws", {
  start(given) {
    room = given;
    socket = socketOf(room.token);
    client = socket.client;
  },
  stop: () => client.dispose(),
  viewer: async () => (await run(documents.VIEWER)).data.viewer,
  refused: async () => (await run(documents.REFUSED)).errors[0],
  // Refused before execution: the protocol's message `error`, whose payload is the list of errors.
  invalid: () => run(documents.INVALID).then((result) => assertNever(result), (errors) => errors[0]),
  prizes: async (first, after) =>
    (await run(documents.PRIZES, { roomId: room.id, first, after })).data.room.prizes,
  events(after) {
    const query = { query: documents.EVENTS, variables: { roomId: room.id, after } };
    const iterator = client.iterate(query);
    return new Stream(iterator, (result) => result.data.roomEvents, socket.cut);
  },
});

test("graphql-ws reads keys in the order of the selection", PATIENCE, async () => {
  isOrdered((await run(ORDERED)).data);
});

test("graphql-ws gives its next token in a ping, and what it follows goes on", PATIENCE, async () => {
  const events = client.iterate({ query: documents.EVENTS, variables: { roomId: room.id, after: 0 } });
  const first = (await events.next()).value.data.roomEvents;
  const opened = socket.connection();
  const answered = new Promise((resolve) => client.on("pong", (_received, payload) => resolve(payload)));
  opened.send(JSON.stringify({ type: "ping", payload: { authorization: `Bearer ${await room.renew()}` } }));
  const { authorization, expiresAt } = await answered;
  assert.equal(authorization, "accepted");
  assert.ok(!Number.isNaN(Date.parse(expiresAt)), expiresAt);

  await room.addPrize("After the ping");
  for (let sequence = first.sequence + 1; ; sequence += 1) {
    const event = (await events.next()).value.data.roomEvents;
    assert.equal(event.sequence, sequence);
    if (event.name === "After the ping") break;
  }
  assert.equal(socket.connection(), opened, "it is the same connection");
  await events.return();
});

test("graphql-ws leaves, and the server says goodbye as well", PATIENCE, async () => {
  const leaving = connect(http, room.token);
  const closed = new Promise((resolve) => leaving.on("closed", resolve));
  // Its socket is closed as soon as nothing runs on it.
  for await (const _result of leaving.iterate({ query: documents.VIEWER }));
  // 1006: the connection broke off without the close frame that answers the client's own (RFC 6455, 5.5.1).
  assert.equal((await closed).code, 1000);
});

test("graphql-ws is closed with 4403 when its token is not good", PATIENCE, async () => {
  const refused = connect(http, "nonsense").iterate({ query: documents.VIEWER });
  await assert.rejects(refused.next(), { code: 4403 });
});

async function run(query, variables) {
  for await (const result of client.iterate({ query, variables })) return result;
}

function assertNever(result) {
  throw new Error(`not refused: ${JSON.stringify(result)}`);
}
