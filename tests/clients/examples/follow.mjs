const EVENTS = `subscription ($roomId: ID!, $after: Long) {
  roomEvents(roomId: $roomId, after: $after) {
    __typename
    sequence
    ... on PrizeCreated { name }
    ... on WinnerAnnounced { displayName prizeName }
  }
}`;

/** What does not pass when it is tried again: codes of errors, and codes of closed sockets. */
const FINAL = new Set(["NOT_FOUND", "FORBIDDEN", "VALIDATION", 4400, 4401, 4406]);

/**
 * Follows a room: `handle` gets each event once, in order, until it answers false. `connect` makes a client of
 * graphql-ws or graphql-sse. `token` answers an access token that is good, and throws when the session is over.
 */
export async function follow(connect, token, roomId, after, handle) {
  for (;;) {
    const client = connect(await token());
    try {
      for await (const { data, errors } of client.iterate({ query: EVENTS, variables: { roomId, after } })) {
        if (!data) throw errors;
        if ((await handle(data.roomEvents)) === false) return;
        after = data.roomEvents.sequence;
      }
    } catch (reason) {
      if ([reason].flat().some((one) => FINAL.has(one?.extensions?.code ?? one?.code))) throw reason;
    }
    await new Promise((done) => setTimeout(done, 500 + Math.random() * 1000));
  }
}
