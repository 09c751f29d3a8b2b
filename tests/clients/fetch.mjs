// No library: what docs/api.md shows for `fetch`.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { prizes, send } from "./examples/fetch.mjs";
import { http } from "./support/address.mjs";
import { call } from "./support/api.mjs";
import { ORDERED, isOrdered } from "./support/order.mjs";
import { PATIENCE } from "./support/patience.mjs";
import { openRoom } from "./support/scene.mjs";

const CREATE = `mutation ($input: CreatePrizeInput!) {
  createPrize(input: $input) { prize { id } }
}`;

let room;
before(async () => (room = await openRoom()));

test("fetch pages to the end of a list", PATIENCE, async () => {
  const names = [];
  for await (const prize of prizes((query, variables) => call(query, variables, room.token), room.id)) {
    names.push(prize.name);
  }
  assert.deepEqual(names, room.names);
});

test("fetch reads keys in the order of the selection", PATIENCE, async () => {
  isOrdered(await call(ORDERED, {}, room.token));
});

test("a change whose answer was lost is made once", PATIENCE, async () => {
  const answers = [];
  /** The first answer does not arrive. */
  const losing = async (url, request) => {
    const response = await fetch(url, request);
    answers.push(await response.clone().json());
    if (answers.length === 1) throw new TypeError("the network is gone");
    return response;
  };
  const variables = { input: { roomId: room.id, name: "Only once" } };
  const { data } = await send(http, room.token, CREATE, variables, losing);

  assert.equal(answers.length, 2);
  assert.equal(data.createPrize.prize.id, answers[0].data.createPrize.prize.id);
  const count = "query ($id: ID!) { room(id: $id) { prizes { totalCount } } }";
  const { room: found } = await call(count, { id: room.id }, room.token);
  assert.equal(found.prizes.totalCount, room.names.length + 1);
});
