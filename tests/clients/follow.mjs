// The loop that docs/api.md shows for following a room, over graphql-ws and over graphql-sse.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { follow } from "./examples/follow.mjs";
import { connect } from "./examples/graphql-sse.mjs";
import { http } from "./support/address.mjs";
import { rememberingFetch } from "./support/last-event.mjs";
import { PATIENCE } from "./support/patience.mjs";
import { openRoom } from "./support/scene.mjs";
import { socketOf } from "./support/socket.mjs";

const NOWHERE = "room_00000000000000000000000000";

/** Each makes a client, and what cuts its connection. */
const CLIENTS = {
  "graphql-ws": socketOf,
  "graphql-sse"(bearer) {
    const { fetch, cut } = rememberingFetch();
    return { client: connect(http, bearer, { fetchFn: fetch }), cut };
  },
};

let room;
before(async () => (room = await openRoom()));

for (const [name, make] of Object.entries(CLIENTS)) {
  test(`following by ${name} goes on after every cut`, PATIENCE, async () => {
    let present;
    let tokens = 0;
    const token = async () => {
      tokens += 1;
      return room.token;
    };
    const connectAnew = (bearer) => (present = make(bearer)).client;
    const handled = [];
    const handle = async (event) => {
      handled.push(event.sequence);
      if (event.name === room.names.at(-1)) {
        present.cut();
        await room.addPrize(`Away from ${name}`);
      }
      return event.name !== `Away from ${name}`;
    };

    await follow(connectAnew, token, room.id, 0, handle);
    assert.deepEqual(handled, handled.map((_, index) => index + 1));
    assert.equal(tokens, 2, "a token for each connection");
  });

  test(`following by ${name} ends where there is nothing to follow`, PATIENCE, async () => {
    const following = follow((bearer) => make(bearer).client, async () => room.token, NOWHERE, 0, () => {});
    await assert.rejects(following, ([error]) => error.extensions.code === "NOT_FOUND");
  });
}
