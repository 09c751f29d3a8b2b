/** Runs one operation. It may be sent several times, but a change is made once: every try has the same key. */
export async function send(url, bearer, query, variables, fetch = globalThis.fetch) {
  const request = {
    method: "POST",
    headers: {
      accept: "application/graphql-response+json",
      authorization: `Bearer ${bearer}`,
      "content-type": "application/json",
      "idempotency-key": crypto.randomUUID(),
    },
    body: JSON.stringify({ query, variables }),
  };
  for (let tries = 1; tries < 5; tries += 1) {
    const response = await fetch(url, request).catch(() => undefined);
    if (response && !response.headers.has("retry-after")) return response.json();
    // No answer, or one that says when to come again.
    const seconds = Number(response?.headers.get("retry-after") ?? tries);
    await new Promise((done) => setTimeout(done, seconds * 1000));
  }
  return (await fetch(url, request)).json();
}

/** All prizes of a room, page by page. `run` executes an operation and answers its data. */
export async function* prizes(run, roomId) {
  const query = `query ($roomId: ID!, $after: String) {
    room(id: $roomId) {
      prizes(first: 3, after: $after) { nodes { id name } pageInfo { hasNextPage endCursor } }
    }
  }`;
  for (let after = null; ; ) {
    const { nodes, pageInfo } = (await run(query, { roomId, after })).room.prizes;
    yield* nodes;
    if (!pageInfo.hasNextPage) return;
    after = pageInfo.endCursor;
  }
}
