import { randomUUID } from "node:crypto";
import { call, change } from "./api.mjs";

/** How many prizes a room has to begin with: three pages of three, the last of them short. */
export const PRIZES = 8;

const NEWEST = "query ($roomId: ID!) { room(id: $roomId) { lastSequence } }";

/** A room of one's own: an account, an organization, a public room that is open, its prizes. */
export async function openRoom() {
  const { organizationId, token, refreshToken } = await signUp("Olivia Organizer", "Clients and Friends");
  const values = { organizationId, title: "A room for clients", isPublic: true };
  const { room } = await change("createRoom", values, "room { id }", token);
  const names = Array.from({ length: PRIZES }, (_, index) => `Prize ${index + 1}`);
  for (const name of names) await addPrize(room.id, name, token);
  await change("openRoom", { roomId: room.id }, "room { id }", token);
  return {
    id: room.id,
    token,
    names,
    /** Makes an event. */
    addPrize: (name) => addPrize(room.id, name, token),
    /** Somebody with an account of their own, who is not in the room. */
    invite: (displayName) => signUp(displayName, `The friends of ${displayName}`),
    /** Brings whom the token is of into the room, and answers the id of their place. */
    enter: async (guest) => (await change("joinRoom", { roomId: room.id }, "participant { id }", guest)).participant.id,
    /** Gives somebody a prize. */
    award: async (prizeId, participantId) =>
      (await change("awardPrize", { prizeId, participantId }, "winner { id }", token)).winner.id,
    /** Any other change, by the organizer or whom the token is of. */
    change: (field, input, who = token) => change(field, input, "__typename", who),
    /** The sequence of the newest event. */
    lastSequence: async () => (await call(NEWEST, { roomId: room.id }, token)).room.lastSequence,
    /** The next access token of the same session. It can be had once. */
    renew: async () => (await change("refreshSession", { refreshToken }, "accessToken")).accessToken,
  };
}

async function signUp(displayName, organizationName) {
  const email = `${randomUUID()}@example.com`;
  const password = `${randomUUID()} is long enough`;
  const { signedIn, organization } = await change(
    "signUp",
    { email, password, displayName, organizationName },
    "signedIn { accessToken refreshToken } organization { id }",
  );
  return { organizationId: organization.id, token: signedIn.accessToken, refreshToken: signedIn.refreshToken };
}

async function addPrize(roomId, name, token) {
  await change("createPrize", { roomId, name }, "prize { id }", token);
}
