import { Client, fetchExchange, subscriptionExchange } from "@urql/core";

/** `socket` is a client of graphql-ws. */
export function connect(url, bearer, socket) {
  return new Client({
    url,
    // Short queries go by GET. The server takes both.
    preferGetMethod: "within-url-limit",
    fetchOptions: { headers: { authorization: `Bearer ${bearer}` } },
    exchanges: [
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: (request) => ({
          subscribe: (sink) => ({ unsubscribe: socket.subscribe(request, sink) }),
        }),
      }),
    ],
  });
}
