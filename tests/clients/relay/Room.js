// Read by Relay's compiler only. It checks these against the schema and makes of each what relay-runtime executes.
import { graphql } from "relay-runtime";

export const viewer = graphql`
  query RoomViewerQuery {
    viewer { email profile { displayName } }
  }
`;

export const refused = graphql`
  query RoomRefusedQuery {
    rooms(first: 0) @catch { nodes { id } }
  }
`;

export const room = graphql`
  query RoomPrizesQuery($roomId: ID!, $first: Int!) {
    room(id: $roomId) { ...Room_prizes @arguments(first: $first) }
  }
`;

export const prizes = graphql`
  fragment Room_prizes on Room
  @argumentDefinitions(first: { type: "Int!" }, after: { type: "String" })
  @refetchable(queryName: "RoomPrizesPageQuery") {
    prizes(first: $first, after: $after) @connection(key: "Room_prizes") {
      edges { node { id name } }
    }
  }
`;

export const events = graphql`
  subscription RoomEventsSubscription($roomId: ID!, $after: Long) {
    roomEvents(roomId: $roomId, after: $after) {
      __typename
      sequence
      ... on PrizeCreated { name }
    }
  }
`;
