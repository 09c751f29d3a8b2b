import assert from "node:assert/strict";
import { before, test } from "node:test";
import { complaints } from "./complaints.mjs";
import { PATIENCE } from "./patience.mjs";
import { sentQueries } from "./queries.mjs";
import { PRIZES, openRoom } from "./scene.mjs";
import { Shown, roomOf } from "./shown.mjs";

/** Rows that the page loads of each list. */
const PAGE = 20;

const complained = complaints();
const queries = sentQueries();

/**
 * What a client with a normalised cache has to manage: it asks once, and what it changes or hears of keeps the page
 * right. `open(token, roomId)` makes the client as the library's own manual says, signed in, and has it load the room:
 *
 * - `results` is an async iterator of what the query that watches the cache gives: `data`, or `error`,
 * - `again()` answers the data of the same query, opened anew; it may be taken from the cache,
 * - `join()` and `award(prizeId, participantId)` run the change, and throw when it is refused,
 * - `follow(after, heard)` takes in the events of the room behind a sequence, and calls `heard` with that of each,
 * - `more(after)` reads the next page of the prizes,
 * - `close()` ends the client.
 *
 * `appendsAlways` is for a library that puts a new row behind the others also when pages between them were not read.
 * Its client needs no `more`.
 */
export function keep(name, open, { appendsAlways = false } = {}) {
  let room, greta, peter;
  before(async () => {
    room = await openRoom();
    greta = await room.invite("Greta Guest");
    peter = await room.invite("Peter Participant");
  });

  /** A page about the room is opened and loaded; `story` happens; the page is right and has asked nothing but `more`. */
  async function page(token, story, more = []) {
    queries.length = 0;
    const client = await open(token, room.id);
    try {
      const shown = new Shown(client.results);
      const loaded = await shown.until("the room", () => true);
      assert.equal(queries.length, 1, "the page is loaded by one query");
      const last = await story(client, shown, loaded);
      assert.deepEqual(roomOf(await client.again()), last, "the page that is opened again shows the same");
      assert.deepEqual(queries.slice(1), more, "nothing is asked for again");
      assert.deepEqual(complained, [], "the library has nothing to complain of");
    } finally {
      await client.close();
    }
  }

  /** Has a page follow from where it was loaded. What comes back asserts that the page heard of all that happened since. */
  async function following(client, { lastSequence: from }) {
    const heard = [];
    await client.follow(from, (sequence) => heard.push(sequence));
    return async (last) => {
      const newest = await room.lastSequence();
      const since = Array.from({ length: newest - from }, (_, index) => from + 1 + index);
      assert.deepEqual(heard, since, "each event once and in order");
      assert.equal(last.lastSequence, newest, "the page knows how far it is");
    };
  }

  test(`${name} shows who joined`, PATIENCE, async () => {
    await page(greta.token, async (client, shown, loaded) => {
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
      const place = loaded.participants.find((participant) => participant.name === "Greta Guest");
      await client.award(prize.id, place.id);
      const last = await shown.until("the winner", ({ winners }) => winners.length > loaded.winners.length);
      assert.equal(last.prizes[0].quantityRemaining, prize.quantityRemaining - 1);
      const { id } = last.winners.at(-1);
      assert.deepEqual(last.winners.at(-1), { id, status: "PENDING", prize: prize.name, name: "Greta Guest" });

      await assert.rejects(() => client.award(prize.id, place.id), "nothing is left");
      return last;
    });
  });

  test(`${name} shows what others do`, PATIENCE, async () => {
    const follower = await room.invite("Fiona Follower");
    await page(follower.token, async (client, shown, loaded) => {
      await room.addPrize("A prize in between");
      const isRight = await following(client, loaded);
      const before = await shown.until(
        "what happened in between",
        ({ prizes }) => prizes.length > loaded.prizes.length,
      );
      assert.equal(before.prizes.at(-1).name, "A prize in between");

      const place = await room.enter(peter.token);
      const entered = await shown.until("Peter", ({ participants }) => participants.at(-1).id === place);
      assert.deepEqual(entered.participants.at(-1), { id: place, role: "PARTICIPANT", name: "Peter Participant" });
      assert.equal(entered.participantCount, loaded.participantCount + 1);

      await room.change("updateParticipant", { participantId: place, role: "MODERATOR" });
      await shown.until("Peter's new role", ({ participants }) => participants.at(-1).role === "MODERATOR");

      await room.addPrize("A late prize");
      const added = await shown.until("the new prize", ({ prizes }) => prizes.length > before.prizes.length);
      const { id } = added.prizes.at(-1);
      assert.deepEqual(added.prizes.at(-1), { id, name: "A late prize", quantityRemaining: 1 });

      await room.change("updatePrize", { prizeId: id, name: "A better prize", quantity: 2 });
      const changed = await shown.until("its new name", ({ prizes }) => prizes.at(-1).name === "A better prize");
      assert.equal(changed.prizes.at(-1).quantityRemaining, 2);

      const win = await room.award(id, place);
      const last = await shown.until("the winner", ({ winners }) => winners.length > loaded.winners.length);
      assert.equal(last.prizes.at(-1).quantityRemaining, 1);
      const winner = { id: win, status: "PENDING", prize: "A better prize", name: "Peter Participant" };
      assert.deepEqual(last.winners.at(-1), winner);
      await isRight(last);
      return last;
    });
  });

  test(`${name} shows what others take back`, PATIENCE, async () => {
    await page(greta.token, async (client, shown, loaded) => {
      const [hers, his] = loaded.winners;
      const status = ({ winners }, { id }) => winners.find((winner) => winner.id === id).status;
      await room.change("claimPrize", { winnerId: his.id }, peter.token);
      const isRight = await following(client, loaded);
      const claimed = await shown.until("what happened in between", (now) => status(now, his) === "CLAIMED");
      assert.equal(claimed.prizes.at(-1).quantityRemaining, 1);

      await room.change("declinePrize", { winnerId: hers.id }, greta.token);
      const declined = await shown.until("that Greta declined", (now) => status(now, hers) === "DECLINED");
      assert.equal(declined.prizes[0].quantityRemaining, loaded.prizes[0].quantityRemaining + 1);

      await room.change("revokeWinner", { winnerId: his.id, reason: "There was a mistake." });
      const revoked = await shown.until("that Peter's win is revoked", (now) => status(now, his) === "REVOKED");
      assert.equal(revoked.prizes.at(-1).quantityRemaining, 2);

      await room.change("leaveRoom", { roomId: room.id }, peter.token);
      const left = await shown.until("that Peter left", ({ participants }) => participants.at(-1).name !== his.name);
      assert.deepEqual(left.participants, loaded.participants.slice(0, -1));
      assert.equal(left.participantCount, loaded.participantCount - 1);

      await room.change("deletePrize", { prizeId: loaded.prizes.at(-1).id });
      const last = await shown.until("that the prize is gone", ({ prizes }) => prizes.at(-1).name !== his.prize);
      assert.deepEqual(last.prizes, declined.prizes.slice(0, -1));
      const winners = [
        { ...hers, status: "DECLINED" },
        { ...his, status: "REVOKED" },
      ];
      assert.deepEqual(last.winners, winners, "winners lead to what is gone from the lists");
      await isRight(last);
      return last;
    });
  });

  test(`${name} shows once what it did and heard of`, PATIENCE, async () => {
    await page(room.token, async (client, shown, loaded) => {
      const isRight = await following(client, loaded);
      await client.award(loaded.prizes[1].id, loaded.participants.at(-1).id);
      // Events come in order: whoever heard of this prize has heard of the winner.
      await room.addPrize("The last prize");
      const last = await shown.until("the last prize", ({ prizes }) => prizes.at(-1).name === "The last prize");
      assert.equal(last.winners.length, loaded.winners.length + 1);
      assert.equal(last.prizes.length, loaded.prizes.length + 1);
      assert.equal(last.participants.length, loaded.participants.length);
      assert.equal(last.prizes[1].quantityRemaining, loaded.prizes[1].quantityRemaining - 1);
      await isRight(last);
      return last;
    });
  });

  if (appendsAlways) return;
  test(`${name} shows a new row behind those of the last page`, PATIENCE, async () => {
    for (let prizes = PRIZES; prizes <= PAGE; prizes += 1) await room.addPrize("One of many prizes");
    const story = async (client, shown, loaded) => {
      assert.equal(loaded.prizes.length, PAGE);
      const isRight = await following(client, loaded);
      await room.addPrize("A prize that comes early");
      const newest = await room.lastSequence();
      const early = await shown.until("the newest event", ({ lastSequence }) => lastSequence === newest);
      assert.deepEqual(early.prizes, loaded.prizes);

      await client.more(loaded.prizesEnd);
      const all = await shown.until("the next page", ({ prizes }) => prizes.length > PAGE);
      assert.deepEqual(all.prizes.slice(0, PAGE), loaded.prizes);
      assert.equal(all.prizes.at(-1).name, "A prize that comes early");

      await room.addPrize("A prize that comes late");
      const late = await shown.until("the late prize", ({ prizes }) => prizes.length > all.prizes.length);
      assert.deepEqual(late.prizes.slice(0, -1), all.prizes);
      assert.equal(late.prizes.at(-1).name, "A prize that comes late");

      await room.change("deletePrize", { prizeId: all.prizes.at(-1).id });
      const last = await shown.until("that a prize is gone", ({ prizes }) => prizes.length < late.prizes.length);
      assert.deepEqual(last.prizes, [...all.prizes.slice(0, -1), late.prizes.at(-1)]);
      await isRight(last);
      return last;
    };
    await page(room.token, story, ["MorePrizes"]);
  });
}
