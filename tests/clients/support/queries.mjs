import { parse } from "graphql";

/**
 * Names of the queries that are sent from now on, by whichever library: each of them sends them by `fetch`. What a test
 * asks for itself has no name.
 */
export function sentQueries() {
  const sent = [];
  const { fetch } = globalThis;
  globalThis.fetch = (url, options) => {
    const text = options?.body ? JSON.parse(options.body).query : new URL(url).searchParams.get("query");
    for (const { operation, name } of parse(text).definitions) {
      if (operation === "query" && name) sent.push(name.value);
    }
    return fetch(url, options);
  };
  return sent;
}
