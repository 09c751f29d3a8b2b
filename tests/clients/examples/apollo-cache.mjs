import { InMemoryCache, gql } from "@apollo/client";
import { relayStylePagination } from "@apollo/client/utilities";
import { read } from "./cache-events.mjs";

/** Keeps one list of all pages that were read, for each filter. */
export function roomCache() {
  const fields = {
    participants: relayStylePagination(["roles"]),
    prizes: relayStylePagination(),
    winners: relayStylePagination(["statuses"]),
  };
  return new InMemoryCache({ typePolicies: { Room: { fields } } });
}

/** The `update` of `joinRoom`. The room's count is known by the room's id, and needs none. */
export function joined(cache, { data: { joinRoom } }) {
  append(cache, joinRoom.room.id, "participants", joinRoom.participantEdge);
}

/** The `update` of `awardPrize`. What is left of the prize needs none. */
export function awarded(cache, { data: { awardPrize } }) {
  append(cache, awardPrize.room.id, "winners", awardPrize.winnerEdge);
}

/** Takes in an event of `roomEvents`. */
export function happened(cache, event) {
  const { written, list, added, removed } = read(event);
  for (const [fragment, data] of written) cache.writeFragment({ fragment: gql(fragment), data });
  if (added) append(cache, event.roomId, list, { __typename: `${added.__typename}Edge`, node: added });
  if (removed) remove(cache, event.roomId, list, removed);
}

/** Puts a row behind the others, once: a client that changes and follows hears of it twice. */
function append(cache, roomId, list, edge) {
  cache.modify({
    id: cache.identify({ __typename: "Room", id: roomId }),
    fields: {
      [list](connection, { readField, storeFieldName, toReference }) {
        // Whether the row belongs to a list with a filter, the server knows.
        const filtered = storeFieldName.includes('"');
        // The row stands behind those of the pages that were not read yet.
        const further = connection.pageInfo.hasNextPage;
        const there = connection.edges.some(({ node }) => readField("id", node) === edge.node.id);
        if (filtered || further || there) return connection;
        return { ...connection, edges: [...connection.edges, { ...edge, node: toReference(edge.node) }] };
      },
    },
  });
}

/** Takes a row out of each list of its kind, also of those with a filter. The row itself stays: winners lead to it. */
function remove(cache, roomId, list, row) {
  const others = (connection, { readField }) => ({
    ...connection,
    edges: connection.edges.filter(({ node }) => readField("id", node) !== row.id),
  });
  cache.modify({ id: cache.identify({ __typename: "Room", id: roomId }), fields: { [list]: others } });
}
