import { Client, fetchExchange, subscriptionExchange } from "@urql/core";

/** `socket` is a client of graphql-ws, `caches` are exchanges that keep answers. */
export function connect(url, bearer, socket, ...caches) {
  return new Client({
    url,
    // Short queries go by GET. The server takes both.
    preferGetMethod: "within-url-limit",
    fetchOptions: { headers: { authorization: `Bearer ${bearer}` } },
    exchanges: [
      ...caches,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: (request) => ({
          subscribe: (sink) => ({ unsubscribe: socket.subscribe(request, sink) }),
        }),
      }),
    ],
  });
}
