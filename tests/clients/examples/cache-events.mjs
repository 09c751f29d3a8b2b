import { PARTICIPANT, PRIZE, WINNER } from "./cache-documents.mjs";

const COUNT = "fragment Count on Room { id participantCount }";
const LEFT = "fragment Left on Prize { id quantityRemaining }";

/**
 * What an event says: rows to write, each with its fragment, and the row that is new in a list of the room. The event
 * carries all of it, so that nothing is asked for.
 */
export function read(event) {
  switch (event.__typename) {
    case "ParticipantJoined": {
      const participant = { __typename: "Participant", id: event.participantId, role: event.role, user: event.user };
      return { written: [[PARTICIPANT, participant], ...counted(event)], list: "participants", added: participant };
    }
    case "PrizeCreated":
      return { written: [[PRIZE, prize(event)]], list: "prizes", added: prize(event) };
    case "PrizeChanged":
      return { written: [[PRIZE, prize(event)]] };
    case "WinnerAnnounced":
      return { written: [[LEFT, prize(event)], [WINNER, winner(event)]], list: "winners", added: winner(event) };
    default:
      return { written: [] };
  }
}

/** Events of an earlier version of the server have no count. */
function counted({ roomId: id, participantCount }) {
  return participantCount === null ? [] : [[COUNT, { __typename: "Room", id, participantCount }]];
}

function prize({ prizeId: id, name, quantity, quantityRemaining }) {
  return { __typename: "Prize", id, name, quantity, quantityRemaining };
}

function winner({ winnerId: id, winnerStatus: status, prizeId, prizeName, participantId, userId, displayName }) {
  const user = userId && { __typename: "Profile", id: userId, displayName };
  return {
    __typename: "Winner",
    id,
    status,
    prize: { __typename: "Prize", id: prizeId, name: prizeName },
    participant: { __typename: "Participant", id: participantId, user },
  };
}
