/** What all clients ask. Relay has the same in relay/src, where its compiler reads it. */
export const VIEWER = `query Viewer {
  viewer { email profile { displayName } }
}`;

export const PRIZES = `query Prizes($roomId: ID!, $first: Int!, $after: String) {
  room(id: $roomId) {
    id
    prizes(first: $first, after: $after) {
      nodes { id name }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;

/** A page that nobody can have: refused while it is executed, in the field `rooms`. */
export const REFUSED = `query Refused {
  rooms(first: 0) { nodes { id } }
}`;

/** A field that there is not: refused before anything is executed. */
export const INVALID = `query Invalid {
  viewer { shoeSize }
}`;

export const EVENTS = `subscription Events($roomId: ID!, $after: Long) {
  roomEvents(roomId: $roomId, after: $after) {
    __typename
    sequence
    ... on PrizeCreated { name }
  }
}`;
