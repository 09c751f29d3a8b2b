import type { ComponentProps } from "react";
import type { GraphiQL } from "graphiql";

type TabDefinition = NonNullable<ComponentProps<typeof GraphiQL>["defaultTabs"]>[number];

const signIn: TabDefinition = {
  query: `# Press play. The access token then fills in by itself.
mutation SignIn($input: SignInInput!) {
  signIn(input: $input) {
    __typename
    ... on SignedIn {
      accessToken
      accessTokenExpiresAt
      refreshToken
      viewer {
        email
        profile {
          displayName
        }
      }
    }
  }
}
`,
  variables: `{
  "input": {
    "email": "alice@example.com",
    "password": "welcome-to-tombola"
  }
}`,
};

const rooms: TabDefinition = {
  query: `# Run SignIn first. The next two tabs use ids from here.
query Rooms {
  rooms(first: 10, orderBy: {field: CREATED_AT, direction: DESC}) {
    totalCount
    nodes {
      id
      title
      status
      isPublic
      organization {
        name
      }
      app {
        name
      }
      participants(first: 10) {
        totalCount
        nodes {
          id
          role
          tickets
          user {
            displayName
          }
        }
      }
      prizes(first: 10) {
        nodes {
          id
          name
          quantity
          quantityRemaining
        }
      }
      winners(first: 10) {
        nodes {
          id
          status
          announcedAt
          prize {
            name
          }
          participant {
            user {
              displayName
            }
          }
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`,
};

const award: TabDefinition = {
  query: `# Put ids from the Rooms tab into the variables below:
# a prize with quantityRemaining above 0, and a
# participant of the same room.
mutation Award($input: AwardPrizeInput!) {
  awardPrize(input: $input) {
    winner {
      id
      status
      prize {
        name
        quantityRemaining
      }
      participant {
        user {
          displayName
        }
      }
    }
  }
}
`,
  variables: `{
  "input": {
    "prizeId": "prize_…",
    "participantId": "participant_…"
  }
}`,
};

const watchWinners: TabDefinition = {
  query: `# Put a room id from the Rooms tab into the variables
# below and press play. Leave it running and award a
# prize from a second window (sign in there too).
subscription WatchWinners($roomId: ID!) {
  winnerAnnounced(roomId: $roomId) {
    sequence
    occurredAt
    displayName
    prizeName
    winner {
      id
      status
    }
  }
}
`,
  variables: `{
  "roomId": "room_…"
}`,
};

/** The tabs a newcomer finds, in the order to run them. */
export const starters: [TabDefinition, ...TabDefinition[]] = [signIn, rooms, award, watchWinners];
