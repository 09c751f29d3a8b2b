// Relay's store, kept right by the directives in relay/CachedRoom.js.
import relay from "relay-runtime";
import { happened, lists } from "./examples/relay-cache.mjs";
import { connect } from "./examples/relay.mjs";
import { http } from "./support/address.mjs";
import { keep } from "./support/cached.mjs";
import { observe } from "./support/observe.mjs";
import { compile } from "./support/relay.mjs";
import { socketOf } from "./support/socket.mjs";

const { commitMutation, createOperationDescriptor, fetchQuery, requestSubscription } = relay;

const compiled = compile("CachedRoom.js");

async function open(token, roomId) {
  const socket = socketOf(token);
  const environment = connect(http, token, socket.client);
  const query = compiled.CachedRoomQuery;
  const page = createOperationDescriptor(query, { roomId });
  const { participants, prizes, winners } = lists(roomId);

  // What nobody retains, the store may forget.
  environment.retain(page);
  const read = (fetchPolicy) => fetchQuery(environment, query, { roomId }, { fetchPolicy }).toPromise();
  await read("network-only");

  const change = (mutation, variables) =>
    new Promise((resolve, onError) => {
      const onCompleted = (_, errors) => (errors ? onError(errors) : resolve());
      commitMutation(environment, { mutation, variables, onCompleted, onError });
    });

  return {
    results: observe(({ next }) => {
      const shown = environment.lookup(page.fragment);
      next(shown);
      return environment.subscribe(shown, next);
    }),
    again: () => read("store-or-network"),
    join: () => change(compiled.CachedRoomJoinMutation, { input: { roomId }, participants }),
    award: (prizeId, participantId) =>
      change(compiled.CachedRoomAwardMutation, { input: { prizeId, participantId }, winners }),
    follow(after, heard) {
      const variables = { roomId, after, participants, prizes, winners };
      const subscription = compiled.CachedRoomEventsSubscription;
      requestSubscription(environment, {
        subscription,
        variables,
        updater: happened,
        onNext: ({ roomEvents }) => heard(roomEvents.sequence),
        onError(error) {
          throw error;
        },
      });
    },
    close: () => socket.client.dispose(),
  };
}

keep("Relay", open, { appendsAlways: true });
