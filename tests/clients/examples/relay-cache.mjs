import relay from "relay-runtime";

const { ConnectionHandler } = relay;

/** Where the environment keeps the lists of a room: the variables by which changes and events say what to append to. */
export function lists(roomId) {
  const list = (key) => [ConnectionHandler.getConnectionID(roomId, key)];
  return {
    participants: list("CachedRoom_participants"),
    prizes: list("CachedRoom_prizes"),
    winners: list("CachedRoom_winners"),
  };
}
