/** The API as a second person uses it, beside the page. */
export async function connect(origin, email, password) {
  const { signIn } = await send(origin, undefined, SIGN_IN, { input: { email, password } });
  if (!signIn.accessToken) throw new Error(`could not sign in as ${email}: ${signIn.__typename}`);
  const token = signIn.accessToken;
  const call = (query, variables) => send(origin, token, query, variables);

  async function rooms() {
    return (await call(ROOMS)).rooms.nodes;
  }

  /** Awards a prize that is left to a participant who has not won it yet. */
  async function awardAnyPrize(roomId) {
    const room = (await rooms()).find((one) => one.id === roomId);
    const won = new Set(room.winners.nodes.map((one) => `${one.prize.id} ${one.participant.id}`));
    for (const prize of room.prizes.nodes.filter((one) => one.quantityRemaining > 0)) {
      for (const participant of room.participants.nodes.filter((one) => one.role === "PARTICIPANT")) {
        if (won.has(`${prize.id} ${participant.id}`)) continue;
        await call(AWARD, { input: { prizeId: prize.id, participantId: participant.id } });
        return { prize: prize.name, participant: participant.user.displayName };
      }
    }
    throw new Error("no prize is left that somebody could still win");
  }

  return { token, rooms, awardAnyPrize };
}

async function send(origin, token, query, variables) {
  const response = await fetch(`${origin}/graphql`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(errors.map((error) => error.message).join("; "));
  return data;
}

const SIGN_IN = `mutation ($input: SignInInput!) {
  signIn(input: $input) { __typename ... on SignedIn { accessToken } }
}`;

const ROOMS = `query {
  rooms(first: 10, orderBy: {field: CREATED_AT, direction: DESC}) {
    nodes {
      id title
      participants(first: 10) { nodes { id role user { displayName } } }
      prizes(first: 10) { nodes { id name quantityRemaining } }
      winners(first: 10) { nodes { prize { id } participant { id } } }
    }
  }
}`;

const AWARD = `mutation ($input: AwardPrizeInput!) {
  awardPrize(input: $input) { winner { id } }
}`;
