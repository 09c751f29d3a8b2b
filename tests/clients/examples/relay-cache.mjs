import relay from "relay-runtime";

const { ConnectionHandler } = relay;

/** Where the environment keeps the lists of a room: the variables by which changes and events say which of them they are about. */
export function lists(roomId) {
  const list = (key) => [ConnectionHandler.getConnectionID(roomId, key)];
  return {
    participants: list("CachedRoom_participants"),
    prizes: list("CachedRoom_prizes"),
    winners: list("CachedRoom_winners"),
  };
}

/**
 * The `updater` of `roomEvents`: the room is right up to this event. `room { lastSequence }` would answer the newest
 * one, which is yet to come.
 */
export function happened(store, { roomEvents: { roomId, sequence } }) {
  store.get(roomId)?.setValue(sequence, "lastSequence");
}
