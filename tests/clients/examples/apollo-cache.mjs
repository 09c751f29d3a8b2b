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
  append(cache, awardPrize.prize.room.id, "winners", awardPrize.winnerEdge);
}

/** Takes in an event of `roomEvents`. */
export function happened(cache, event) {
  const { written, list, added } = read(event);
  for (const [fragment, data] of written) cache.writeFragment({ fragment: gql(fragment), data });
  if (added) append(cache, event.roomId, list, { __typename: `${added.__typename}Edge`, node: added });
}

/** Puts a row behind the others, once: a client that changes and follows hears of it twice. */
function append(cache, roomId, list, edge) {
  cache.modify({
    id: cache.identify({ __typename: "Room", id: roomId }),
    fields: {
      [list](connection, { readField, storeFieldName, toReference }) {
        // Whether the row belongs to a list with a filter, the server knows.
        const filtered = storeFieldName.includes('"');
        const there = connection.edges.some(({ node }) => readField("id", node) === edge.node.id);
        if (filtered || there) return connection;
        return { ...connection, edges: [...connection.edges, { ...edge, node: toReference(edge.node) }] };
      },
    },
  });
}
