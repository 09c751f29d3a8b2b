export const PARTICIPANT = `fragment ParticipantRow on Participant {
  id role user { id displayName }
}`;

export const PRIZE = `fragment PrizeRow on Prize {
  id name quantity quantityRemaining
}`;

export const WINNER = `fragment WinnerRow on Winner {
  id status prize { id name } participant { id user { id displayName } }
}`;

/** What a page about a room shows, and the event up to which it is right. */
export const ROOM = `query Room($roomId: ID!) {
  room(id: $roomId) {
    id
    lastSequence
    participantCount
    participants(first: 20) { edges { node { ...ParticipantRow } } pageInfo { hasNextPage endCursor } }
    prizes(first: 20) { edges { node { ...PrizeRow } } pageInfo { hasNextPage endCursor } }
    winners(first: 20) { edges { node { ...WinnerRow } } pageInfo { hasNextPage endCursor } }
  }
}
${PARTICIPANT} ${PRIZE} ${WINNER}`;

/** The next page of its prizes. */
export const MORE_PRIZES = `query MorePrizes($roomId: ID!, $after: String!) {
  room(id: $roomId) {
    id
    prizes(first: 20, after: $after) { edges { node { ...PrizeRow } } pageInfo { hasNextPage endCursor } }
  }
}
${PRIZE}`;

/** A change asks for what the page shows of it: the new row as an edge of its list, and what became different. */
export const JOIN = `mutation Join($input: JoinRoomInput!) {
  joinRoom(input: $input) {
    participantEdge { node { ...ParticipantRow } }
    room { id participantCount }
  }
}
${PARTICIPANT}`;

export const AWARD = `mutation Award($input: AwardPrizeInput!) {
  awardPrize(input: $input) {
    winnerEdge { node { ...WinnerRow } }
    prize { id quantityRemaining }
    room { id }
  }
}
${WINNER}`;

/** The events carry all of this themselves: the server looks up no row for it. */
export const EVENTS = `subscription Events($roomId: ID!, $after: Long) {
  roomEvents(roomId: $roomId, after: $after) {
    __typename
    sequence
    roomId
    ... on ParticipantJoined { participantCount participantId role userId displayName }
    ... on ParticipantChanged { participantId role userId displayName }
    ... on ParticipantLeft { participantCount participantId }
    ... on PrizeCreated { prizeId name quantity quantityRemaining }
    ... on PrizeChanged { prizeId name quantity quantityRemaining }
    ... on PrizeDeleted { prizeId }
    ... on WinnerAnnounced {
      winnerId winnerStatus prizeId prizeName quantityRemaining participantId userId displayName
    }
    ... on WinnerStatusChanged { winnerId winnerStatus prizeId quantityRemaining }
    ... on WinnerRevoked { winnerId winnerStatus prizeId quantityRemaining }
  }
}`;
