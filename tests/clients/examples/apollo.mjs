import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";

/** `socket` is a client of graphql-ws. */
export function connect(url, bearer, socket, cache = new InMemoryCache()) {
  return new ApolloClient({
    cache,
    link: ApolloLink.split(
      ({ operationType }) => operationType === "subscription",
      new GraphQLWsLink(socket),
      new HttpLink({ uri: url, headers: { authorization: `Bearer ${bearer}` } }),
    ),
  });
}
