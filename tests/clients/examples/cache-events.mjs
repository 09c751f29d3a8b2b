import { PARTICIPANT, PRIZE, WINNER } from "./cache-documents.mjs";

const KNOWN = "fragment Known on Room { id lastSequence }";
const COUNT = "fragment Count on Room { id participantCount }";
const LEFT = "fragment Left on Prize { id quantityRemaining }";
const STATUS = "fragment Status on Winner { id status }";

/**
 * What an event says: rows to write, each with its fragment, and the row that a list of the room gets or loses. The
 * event carries all of it, so that nothing is asked for.
 */
export function read(event) {
  const room = rooms(event);
  switch (event.__typename) {
    case "ParticipantJoined":
      return { written: [...room, [PARTICIPANT, participant(event)]], list: "participants", added: participant(event) };
    case "ParticipantChanged":
      return { written: [...room, [PARTICIPANT, participant(event)]] };
    case "ParticipantLeft":
      return { written: room, list: "participants", removed: { __typename: "Participant", id: event.participantId } };
    case "PrizeCreated":
      return { written: [...room, [PRIZE, prize(event)]], list: "prizes", added: prize(event) };
    case "PrizeChanged":
      return { written: [...room, [PRIZE, prize(event)]] };
    case "PrizeDeleted":
      return { written: room, list: "prizes", removed: { __typename: "Prize", id: event.prizeId } };
    case "WinnerAnnounced":
      return {
        written: [...room, [LEFT, prize(event)], [WINNER, winner(event)]],
        list: "winners",
        added: winner(event),
      };
    case "WinnerStatusChanged":
    case "WinnerRevoked":
      return { written: [...room, [LEFT, prize(event)], [STATUS, winner(event)]] };
    default:
      return { written: room };
  }
}

/** The room is right up to this event. Only some events have a count, and none of an earlier version of the server. */
function rooms({ roomId: id, sequence: lastSequence, participantCount }) {
  const known = [KNOWN, { __typename: "Room", id, lastSequence }];
  return participantCount == null ? [known] : [known, [COUNT, { __typename: "Room", id, participantCount }]];
}

function participant({ participantId: id, role, userId, displayName }) {
  return { __typename: "Participant", id, role, user: user(userId, displayName) };
}

function prize({ prizeId: id, name, quantity, quantityRemaining }) {
  return { __typename: "Prize", id, name, quantity, quantityRemaining };
}

function winner({ winnerId: id, winnerStatus: status, prizeId, prizeName, participantId, userId, displayName }) {
  return {
    __typename: "Winner",
    id,
    status,
    prize: { __typename: "Prize", id: prizeId, name: prizeName },
    participant: { __typename: "Participant", id: participantId, user: user(userId, displayName) },
  };
}

/** An agent has no account. */
function user(id, displayName) {
  return id && { __typename: "Profile", id, displayName };
}
