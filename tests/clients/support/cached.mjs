import assert from "node:assert/strict";
import { before, test } from "node:test";
import { PATIENCE } from "./patience.mjs";
import { sentQueries } from "./queries.mjs";
import { openRoom } from "./scene.mjs";
import { Shown, roomOf } from "./shown.mjs";

const queries = sentQueries();

/**
 * What a client with a normalised cache has to manage: it asks once, and what it changes or hears of keeps the page
 * right. `open(token, roomId)` makes the client as the library's own manual says, signed in, and has it load the room:
 *
 * - `results` is an async iterator of what the query that watches the cache gives: `data`, or `error`,
 * - `again()` answers the data of the same query, opened anew; it may be taken from the cache,
 * - `join()` and `award(prizeId, participantId)` run the change, and throw when it is refused,
 * - `follow()` takes in the events of the room, from the first on: nothing says how many of them the page has,
 * - `close()` ends the client.
 */
export function keep(name, open) {
  let room;
  before(async () => (room = await openRoom()));

  /** A page about the room is opened and loaded; `story` happens; the page is right and has asked nothing more. */
  async function page(token, story) {
    queries.length = 0;
    const client = await open(token, room.id);
    try {
      const shown = new Shown(client.results);
      const loaded = await shown.until("the room", () => true);
      assert.equal(queries.length, 1, "the page is loaded by one query");
      const last = await story(client, shown, loaded);
      assert.deepEqual(roomOf(await client.again()), last, "the page that is opened again shows the same");
      assert.deepEqual(queries.slice(1), [], "nothing is asked for again");
    } finally {
      await client.close();
    }
  }

  test(`${name} shows who joined`, PATIENCE, async () => {
    const guest = await room.invite("Greta Guest");
    await page(guest.token, async (client, shown, loaded) => {
      await client.join();
      const last = await shown.until("Greta", ({ participants }) => participants.length > loaded.participants.length);
      assert.equal(last.participants.at(-1).name, "Greta Guest");
      assert.equal(last.participantCount, loaded.participantCount + 1);
      return last;
    });
  });

  test(`${name} shows what it awarded`, PATIENCE, async () => {
    await page(room.token, async (client, shown, loaded) => {
      const [prize] = loaded.prizes;
      const greta = loaded.participants.find((participant) => participant.name === "Greta Guest");
      await client.award(prize.id, greta.id);
      const last = await shown.until("the winner", ({ winners }) => winners.length > loaded.winners.length);
      assert.equal(last.prizes[0].quantityRemaining, prize.quantityRemaining - 1);
      assert.deepEqual(last.winners.at(-1), { status: "PENDING", prize: prize.name, name: "Greta Guest" });

      await assert.rejects(() => client.award(prize.id, greta.id), "nothing is left");
      return last;
    });
  });

  test(`${name} shows what others do`, PATIENCE, async () => {
    const follower = await room.invite("Fiona Follower");
    await page(follower.token, async (client, shown, loaded) => {
      await client.follow();

      const peter = await room.invite("Peter Participant");
      const participantId = await room.enter(peter.token);
      const entered = await shown.until("Peter", ({ participants }) => participants.at(-1).id === participantId);
      assert.equal(entered.participants.at(-1).name, "Peter Participant");
      assert.equal(entered.participantCount, loaded.participantCount + 1);

      await room.addPrize("A late prize");
      const added = await shown.until("the new prize", ({ prizes }) => prizes.length > loaded.prizes.length);
      const prize = added.prizes.at(-1);
      assert.deepEqual(prize, { id: prize.id, name: "A late prize", quantityRemaining: 1 });

      await room.award(prize.id, participantId);
      const last = await shown.until("the winner", ({ winners }) => winners.length > loaded.winners.length);
      assert.equal(last.prizes.at(-1).quantityRemaining, 0);
      assert.deepEqual(last.winners.at(-1), { status: "PENDING", prize: "A late prize", name: "Peter Participant" });
      return last;
    });
  });

  test(`${name} shows once what it did and heard of`, PATIENCE, async () => {
    await page(room.token, async (client, shown, loaded) => {
      await client.follow();
      await client.award(loaded.prizes[1].id, loaded.participants.at(-1).id);
      // Events come in order: whoever heard of this prize has heard of the winner.
      await room.addPrize("The last prize");
      const last = await shown.until("the last prize", ({ prizes }) => prizes.at(-1).name === "The last prize");
      assert.equal(last.winners.length, loaded.winners.length + 1);
      assert.equal(last.prizes.length, loaded.prizes.length + 1);
      assert.equal(last.participants.length, loaded.participants.length);
      assert.equal(last.prizes[1].quantityRemaining, loaded.prizes[1].quantityRemaining - 1);
      return last;
    });
  });
}
