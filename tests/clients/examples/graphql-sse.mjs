import { createClient } from "graphql-sse";

/** `options` are others of the library. */
export function connect(url, bearer, options) {
  return createClient({
    url,
    headers: { authorization: `Bearer ${bearer}` },
    // The library would come back with the old `after`.
    retryAttempts: 0,
    ...options,
  });
}
