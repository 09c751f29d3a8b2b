import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PATIENCE } from "./patience.mjs";
import { openRoom } from "./scene.mjs";

const PAGE = 3;

/**
 * What a client has to manage. It is given as functions that use the library as its own manual says:
 *
 * - `start(room)` makes the client, signed in; `stop()` ends it,
 * - `viewer()` answers the signed-in user,
 * - `refused()` answers the first error of a field that refuses, `invalid()` of a document that does not validate,
 * - `prizes(first, after)` answers a page of the room's prizes: `nodes`, `pageInfo`,
 * - `events(after)` follows the room: an async iterator of events, with `cut()`, which breaks the connection off.
 *
 * `hidesMessages` is for a library that keeps the sentence of a field's error back.
 */
export function prove(name, client) {
  let room;
  before(async () => {
    room = await openRoom();
    await client.start(room);
  });
  after(() => room && client.stop());

  test(`${name} reads as the user who signed in`, PATIENCE, async () => {
    const viewer = await client.viewer();
    assert.equal(viewer.profile.displayName, "Olivia Organizer");
  });

  test(`${name} gets an error of a field with its code and its argument`, PATIENCE, async () => {
    const error = await client.refused();
    assert.equal(error.extensions.code, "VALIDATION");
    assert.equal(error.extensions.field, "first");
    assert.deepEqual(error.path, ["rooms"]);
    if (!client.hidesMessages) assert.match(error.message, /first is 0/);
  });

  test(`${name} gets an error of a document that does not validate`, PATIENCE, async () => {
    const error = await client.invalid();
    assert.equal(error.extensions.code, "VALIDATION");
    assert.equal(error.path, undefined);
    assert.match(error.message, /shoeSize/);
  });

  test(`${name} pages to the end of a list`, PATIENCE, async () => {
    const seen = [];
    let pages = 0;
    let cursor = null;
    do {
      const { nodes, pageInfo } = await client.prizes(PAGE, cursor);
      assert.ok(nodes.length <= PAGE, `a page of ${PAGE} has ${nodes.length}`);
      seen.push(...nodes.map((node) => node.name));
      pages += 1;
      cursor = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (cursor !== null);
    assert.deepEqual(seen, room.names);
    assert.equal(pages, Math.ceil(room.names.length / PAGE));
  });

  test(`${name} follows a room, is cut off, and comes back without a gap`, PATIENCE, async () => {
    const handled = [];
    const take = async (stream, name) => {
      for (;;) {
        const { value, done } = await stream.next();
        assert.ok(!done, `the stream ended before ${name} came`);
        handled.push(value);
        if (value.name === name) return;
      }
    };

    const first = await client.events(0);
    await take(first, room.names.at(-1));
    await room.addPrize("While connected");
    await take(first, "While connected");
    await first.cut();
    await room.addPrize("While away");
    const second = await client.events(handled.at(-1).sequence);
    await take(second, "While away");
    await room.addPrize("Back again");
    await take(second, "Back again");
    await second.return();

    const sequences = handled.map((event) => event.sequence);
    assert.deepEqual(sequences, sequences.map((_, index) => index + 1), "each event once and in order");
    const names = handled.flatMap((event) => (event.__typename === "PrizeCreated" ? [event.name] : []));
    assert.deepEqual(names, [...room.names, "While connected", "While away", "Back again"]);
  });
}
