import { gql } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import { relayPagination } from "@urql/exchange-graphcache/extras";
import { ROOM } from "./cache-documents.mjs";
import { read } from "./cache-events.mjs";

/**
 * Keeps one list of all pages that were read, for each filter, and takes in changes and events. `schema` is what
 * introspection answers: it tells events from each other.
 */
export function roomCache(schema) {
  return cacheExchange({
    schema,
    resolvers: {
      Room: { participants: relayPagination(), prizes: relayPagination(), winners: relayPagination() },
    },
    updates: {
      // The room's count and what is left of the prize are known by their ids, and need no update.
      Mutation: {
        joinRoom: ({ joinRoom: joined }, _, cache) =>
          append(cache, joined?.room?.id, "participants", joined?.participantEdge),
        awardPrize: ({ awardPrize: awarded }, _, cache) =>
          append(cache, awarded?.prize?.room?.id, "winners", awarded?.winnerEdge),
      },
      Subscription: { roomEvents: ({ roomEvents }, _, cache) => happened(cache, roomEvents) },
    },
  });
}

function happened(cache, event) {
  const { written, list, added } = read(event);
  for (const [fragment, row] of written) cache.writeFragment(gql(fragment), row);
  if (added) append(cache, event.roomId, list, { __typename: `${added.__typename}Edge`, node: added });
}

/** Puts a row behind the others. A client that changes and follows hears of it twice: relayPagination shows it once. */
function append(cache, roomId, list, edge) {
  // The update of a change that was refused is called, too.
  if (!roomId || !edge) return;
  cache.updateQuery({ query: ROOM, variables: { roomId } }, (data) => {
    const connection = data?.room?.[list];
    if (!connection) return data;
    return { ...data, room: { ...data.room, [list]: { ...connection, edges: [...connection.edges, edge] } } };
  });
}
