import relay from "relay-runtime";

const { Environment, Network, Observable, RecordSource, Store } = relay;

/** `socket` is a client of graphql-ws. */
export function connect(url, bearer, socket) {
  return new Environment({
    network: Network.create(
      async ({ name, text }, variables) => {
        const response = await fetch(url, {
          method: "POST",
          headers: {
            accept: "application/graphql-response+json",
            authorization: `Bearer ${bearer}`,
            "content-type": "application/json",
          },
          body: JSON.stringify({ operationName: name, query: text, variables }),
        });
        return response.json();
      },
      ({ name, text }, variables) =>
        Observable.create((sink) => socket.subscribe({ operationName: name, query: text, variables }, sink)),
    ),
    store: new Store(new RecordSource()),
  });
}
