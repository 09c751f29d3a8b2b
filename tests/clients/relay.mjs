// Relay: the compiler reads the checked-in schema, the runtime asks by HTTP and follows over graphql-ws.
import relay from "relay-runtime";
import { connect } from "./examples/relay.mjs";
import { http } from "./support/address.mjs";
import * as documents from "./support/documents.mjs";
import { observe } from "./support/observe.mjs";
import { prove } from "./support/proof.mjs";
import { compile } from "./support/relay.mjs";
import { socketOf } from "./support/socket.mjs";
import { Stream } from "./support/stream.mjs";

const { fetchQuery, getSelector, requestSubscription } = relay;

const compiled = compile("Room.js");
let room;
let environment;
let socket;
/** Where the pages of the room's prizes gather: Relay keeps one list for all of them. */
let gathered;

prove("Relay", {
  start(given) {
    room = given;
    socket = socketOf(room.token);
    environment = connect(http, room.token, socket.client);
  },
  stop: () => socket.client.dispose(),
  viewer: async () => (await query(compiled.RoomViewerQuery, {})).viewer,
  // `@catch` hands the extensions of a field's errors to whoever reads the field, but keeps path and message back.
  refused: async () => ({ path: ["rooms"], ...(await query(compiled.RoomRefusedQuery, {})).rooms.errors[0] }),
  hidesMessages: true,
  // The compiler lets nothing through that does not validate. A page that is newer than its server may send it.
  async invalid() {
    const params = { ...compiled.RoomViewerQuery.params, name: "Invalid", text: documents.INVALID };
    const answer = await query({ ...compiled.RoomViewerQuery, params }, {}).catch((error) => error);
    return answer.source.errors[0];
  },
  async prizes(first, after) {
    if (after === null) {
      const data = await query(compiled.RoomPrizesQuery, { roomId: room.id, first });
      gathered = { selector: getSelector(compiled.Room_prizes, data.room), count: 0 };
    } else {
      await query(compiled.RoomPrizesPageQuery, { id: room.id, first, after });
    }
    const { edges, pageInfo } = environment.lookup(gathered.selector).data.prizes;
    const nodes = edges.slice(gathered.count).map((edge) => edge.node);
    gathered.count = edges.length;
    return { nodes, pageInfo };
  },
  events(after) {
    const iterator = observe(({ next, error, complete }) => {
      const variables = { roomId: room.id, after };
      const subscription = compiled.RoomEventsSubscription;
      const handlers = { onNext: next, onError: error, onCompleted: complete };
      const followed = requestSubscription(environment, { subscription, variables, ...handlers });
      return { unsubscribe: () => followed.dispose() };
    });
    return new Stream(iterator, (data) => data.roomEvents, socket.cut);
  },
});

function query(request, variables) {
  return fetchQuery(environment, request, variables).toPromise();
}
