// Read by Relay's compiler only: what a page about a room asks, and which of its lists get or lose what changes and events tell.
import { graphql } from "relay-runtime";

export const participant = graphql`
  fragment CachedRoom_participant on Participant {
    id
    role
    user { id displayName }
  }
`;

export const prize = graphql`
  fragment CachedRoom_prize on Prize {
    id
    name
    quantity
    quantityRemaining
  }
`;

export const winner = graphql`
  fragment CachedRoom_winner on Winner {
    id
    status
    prize { id name }
    participant { id user { id displayName } }
  }
`;

export const room = graphql`
  query CachedRoomQuery($roomId: ID!) {
    room(id: $roomId) {
      id
      lastSequence
      participantCount
      participants(first: 20) @connection(key: "CachedRoom_participants") {
        edges { node { ...CachedRoom_participant @relay(mask: false) } }
      }
      prizes(first: 20) @connection(key: "CachedRoom_prizes") {
        edges { node { ...CachedRoom_prize @relay(mask: false) } }
      }
      winners(first: 20) @connection(key: "CachedRoom_winners") {
        edges { node { ...CachedRoom_winner @relay(mask: false) } }
      }
    }
  }
`;

export const join = graphql`
  mutation CachedRoomJoinMutation($input: JoinRoomInput!, $participants: [ID!]!) {
    joinRoom(input: $input) {
      participantEdge @appendEdge(connections: $participants) {
        node { ...CachedRoom_participant @relay(mask: false) }
      }
      room { id participantCount }
    }
  }
`;

export const award = graphql`
  mutation CachedRoomAwardMutation($input: AwardPrizeInput!, $winners: [ID!]!) {
    awardPrize(input: $input) {
      winnerEdge @appendEdge(connections: $winners) {
        node { ...CachedRoom_winner @relay(mask: false) }
      }
      prize { id quantityRemaining }
    }
  }
`;

// @deleteEdge leaves the row itself alone. @deleteRecord would take it from the winners, too, who lead to it.
export const events = graphql`
  subscription CachedRoomEventsSubscription(
    $roomId: ID!
    $after: Long
    $participants: [ID!]!
    $prizes: [ID!]!
    $winners: [ID!]!
  ) {
    roomEvents(roomId: $roomId, after: $after) {
      sequence
      roomId
      ... on ParticipantJoined {
        participant @appendNode(connections: $participants, edgeTypeName: "ParticipantEdge") {
          ...CachedRoom_participant @relay(mask: false)
        }
        room { id participantCount }
      }
      ... on ParticipantChanged {
        participant { ...CachedRoom_participant @relay(mask: false) }
      }
      ... on ParticipantLeft {
        participantId @deleteEdge(connections: $participants)
        room { id participantCount }
      }
      ... on PrizeCreated {
        prize @appendNode(connections: $prizes, edgeTypeName: "PrizeEdge") {
          ...CachedRoom_prize @relay(mask: false)
        }
      }
      ... on PrizeChanged {
        prize { ...CachedRoom_prize @relay(mask: false) }
      }
      ... on PrizeDeleted {
        prizeId @deleteEdge(connections: $prizes)
      }
      ... on WinnerAnnounced {
        winner @appendNode(connections: $winners, edgeTypeName: "WinnerEdge") {
          ...CachedRoom_winner @relay(mask: false)
        }
        prize { id quantityRemaining }
      }
      ... on WinnerStatusChanged {
        winner { id status }
        prize { id quantityRemaining }
      }
      ... on WinnerRevoked {
        winner { id status }
        prize { id quantityRemaining }
      }
    }
  }
`;
