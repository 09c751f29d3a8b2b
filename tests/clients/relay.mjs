// Relay: the compiler reads the checked-in schema, the runtime asks by HTTP and follows over graphql-ws.
import { createClient } from "graphql-ws";
import relay from "relay-runtime";
import WebSocket from "ws";
import * as address from "./support/address.mjs";
import * as documents from "./support/documents.mjs";
import { observe } from "./support/observe.mjs";
import { prove } from "./support/proof.mjs";
import { compile } from "./support/relay.mjs";
import { Stream } from "./support/stream.mjs";

const { Environment, Network, Observable, RecordSource, Store, fetchQuery, getSelector, requestSubscription } = relay;

const compiled = compile();
let room;
let environment;
let socket;
let connection;
/** Where the pages of the room's prizes gather: Relay keeps one list for all of them. */
let gathered;

prove("Relay", {
  start(given) {
    room = given;
    const authorization = `Bearer ${room.token}`;
    socket = createClient({
      url: address.socket,
      webSocketImpl: WebSocket,
      connectionParams: () => ({ authorization }),
      retryAttempts: 0,
      on: { connected: (opened) => (connection = opened) },
    });
    environment = new Environment({
      network: Network.create(
        (operation, variables) => post(operation, variables, authorization),
        ({ name, text }, variables) =>
          Observable.create((sink) => socket.subscribe({ operationName: name, query: text, variables }, sink)),
      ),
      store: new Store(new RecordSource()),
    });
  },
  stop: () => socket.dispose(),
  viewer: async () => (await query(compiled.viewer, {})).viewer,
  refused: () => firstError(compiled.refused),
  // The compiler lets nothing through that does not validate. A page that is newer than its server may send it.
  invalid: () => firstError({ ...compiled.viewer, params: { ...compiled.viewer.params, text: documents.INVALID } }),
  async prizes(first, after) {
    if (after === null) {
      const data = await query(compiled.room, { roomId: room.id, first });
      gathered = { selector: getSelector(compiled.prizes, data.room), count: 0 };
    } else {
      await query(compiled.page, { id: room.id, first, after });
    }
    const { edges, pageInfo } = environment.lookup(gathered.selector).data.prizes;
    const nodes = edges.slice(gathered.count).map((edge) => edge.node);
    gathered.count = edges.length;
    return { nodes, pageInfo };
  },
  events(after) {
    const iterator = observe(({ next, error, complete }) => {
      const variables = { roomId: room.id, after };
      const config = { subscription: compiled.events, variables, onNext: next, onError: error, onCompleted: complete };
      const subscription = requestSubscription(environment, config);
      return { unsubscribe: () => subscription.dispose() };
    });
    return new Stream(iterator, (data) => data.roomEvents, () => connection.terminate());
  },
});

async function post({ name, text }, variables, authorization) {
  const response = await fetch(address.http, {
    method: "POST",
    headers: { accept: "application/graphql-response+json", "content-type": "application/json", authorization },
    body: JSON.stringify({ operationName: name, query: text, variables }),
  });
  return response.json();
}

function query(request, variables) {
  return fetchQuery(environment, request, variables).toPromise();
}

async function firstError(request) {
  const answer = await query(request, {}).catch((error) => error);
  if (answer?.source?.errors) return answer.source.errors[0];
  throw answer instanceof Error ? answer : new Error(`not refused: ${JSON.stringify(answer)}`);
}
