import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";

/** Longest wait for what a page must show, in milliseconds: shorter than a test's, to tell what it shows instead. */
const PATIENCE = 10_000;

/** What a page about a room shows: the latest result of the query that watches the cache for it. */
export class Shown {
  #results;
  #room;

  constructor(results) {
    this.#results = results;
  }

  /** Waits until the page shows what `holds` wants, and answers that. */
  async until(what, holds) {
    const over = new AbortController();
    const late = delay(PATIENCE, undefined, over).catch(() => {});
    try {
      while (!this.#room || !holds(this.#room)) {
        const result = await Promise.race([this.#results.next(), late]);
        assert.ok(result, `${what} is not shown, but ${JSON.stringify(this.#room)}`);
        if (result.value.error) throw result.value.error;
        this.#room = roomOf(result.value.data);
        const { participants, participantCount } = this.#room ?? {};
        assert.equal(participants?.length, participantCount, "the page shows all of an event, or nothing of it");
      }
      return this.#room;
    } finally {
      over.abort();
    }
  }
}

/** A room as the page has it, its lists without their edges. */
export function roomOf(data) {
  const room = data?.room;
  const rows = (list) => room[list].edges.map(({ node }) => node);
  return (
    room && {
      lastSequence: room.lastSequence,
      participantCount: room.participantCount,
      participants: rows("participants").map(({ id, role, user }) => ({ id, role, name: user.displayName })),
      prizesEnd: room.prizes.pageInfo?.endCursor,
      prizes: rows("prizes").map(({ id, name, quantityRemaining }) => ({ id, name, quantityRemaining })),
      winners: rows("winners").map(({ id, status, prize, participant }) => ({
        id,
        status,
        prize: prize.name,
        name: participant.user.displayName,
      })),
    }
  );
}
