import { gql } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import { relayPagination } from "@urql/exchange-graphcache/extras";
import { read } from "./cache-events.mjs";

/**
 * Keeps one list of all pages that were read, for each filter, and takes in changes and events. `schema` is what
 * introspection answers: it tells events from each other.
 */
export function roomCache(schema) {
  return cacheExchange({
    schema,
    // An edge is known by its row, so that it can be put into a list.
    keys: { ParticipantEdge: byRow, PrizeEdge: byRow, WinnerEdge: byRow },
    resolvers: {
      Room: { participants: relayPagination(), prizes: relayPagination(), winners: relayPagination() },
    },
    updates: {
      // The room's count and what is left of the prize are known by their ids, and need no update.
      Mutation: {
        joinRoom: ({ joinRoom: joined }, _, cache) =>
          append(cache, joined?.room?.id, "participants", joined?.participantEdge),
        awardPrize: ({ awardPrize: awarded }, _, cache) =>
          append(cache, awarded?.room?.id, "winners", awarded?.winnerEdge),
      },
      Subscription: { roomEvents: ({ roomEvents }, _, cache) => happened(cache, roomEvents) },
    },
  });
}

function byRow({ node }) {
  return node?.id ?? null;
}

function happened(cache, event) {
  const { written, list, added, removed } = read(event);
  for (const [fragment, row] of written) cache.writeFragment(gql(fragment), row);
  if (added) {
    const edge = { __typename: `${added.__typename}Edge`, node: added };
    cache.writeFragment(gql(`fragment New on ${edge.__typename} { node { id } }`), edge);
    append(cache, event.roomId, list, edge);
  }
  if (removed) remove(cache, event.roomId, list, removed);
}

/** Puts a row behind the others. A client that changes and follows hears of it twice: relayPagination shows it once. */
function append(cache, roomId, list, edge) {
  // The update of a change that was refused is called, too.
  if (!roomId || !edge) return;
  for (const { connection, args } of pages(cache, roomId, list)) {
    // Whether the row belongs to a list with a filter, the server knows.
    const filtered = args?.roles || args?.statuses;
    // The row stands behind those of the pages that were not read yet.
    const further = cache.resolve(cache.resolve(connection, "pageInfo"), "hasNextPage");
    if (filtered || further) continue;
    cache.link(connection, "edges", [...cache.resolve(connection, "edges"), edge]);
  }
}

/** Takes a row out of each page that has it, also with a filter. The row itself stays: winners lead to it. */
function remove(cache, roomId, list, row) {
  const gone = cache.keyOfEntity(row);
  for (const { connection } of pages(cache, roomId, list)) {
    const others = cache.resolve(connection, "edges").filter((edge) => cache.resolve(edge, "node") !== gone);
    cache.link(connection, "edges", others);
  }
}

/** What was read of a list, each page with the arguments by which it was asked for. */
function pages(cache, roomId, list) {
  const room = cache.keyOfEntity({ __typename: "Room", id: roomId });
  return cache
    .inspectFields(room)
    .filter(({ fieldName }) => fieldName === list)
    .map(({ fieldKey, arguments: args }) => ({ connection: cache.resolve(room, fieldKey), args }))
    .filter(({ connection }) => connection);
}
