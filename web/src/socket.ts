import { createClient } from "graphql-ws";
import type { ExecutionResult } from "graphql";
import type { Observable } from "@graphiql/toolkit";
import type { Request } from "./http";
import { inform, warn } from "./notice";
import { explainRefusal } from "./refusal";
import { authorization, token } from "./token";

/** The session has ended; the token was refused or has expired. */
const SIGN_IN_AGAIN = new Set([4401, 4403]);

let live: WebSocket | undefined;
let introducedAs: string | undefined;

/** One socket for all subscriptions, opened with the first and closed after the last. */
const client = createClient({
  url: () => `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}/graphql`,
  connectionParams() {
    introducedAs = authorization();
    return introducedAs ? { authorization: introducedAs } : {};
  },
  // Keeps the socket from looking idle to the server or a proxy between.
  keepAlive: 10_000,
  // By default a failed connection, as during a restart of the server, ends the
  // subscription at once. From 4400 on the codes mean that the server said no.
  shouldRetry: (reason) => !(reason instanceof CloseEvent && reason.code >= 4400),
  on: {
    connecting(isRetry) {
      if (isRetry) warn("The socket was lost. Connecting again.");
    },
    connected(socket) {
      live = socket as WebSocket;
      inform("Listening. Events appear in the result as they happen.");
      reopenIfTokenChanged();
    },
    closed(event) {
      live = undefined;
      if (!(event instanceof CloseEvent) || event.code === 1000) return;
      if (SIGN_IN_AGAIN.has(event.code)) explainRefusal(undefined, 401);
      else warn("The socket is closed.");
    },
  },
});

// The token is only presented when the socket opens, so a new token needs a new
// socket. After a normal closure the client opens one by itself and subscribes
// again to whatever is still running.
token.subscribe(reopenIfTokenChanged);

function reopenIfTokenChanged(): void {
  if (live && introducedAs !== authorization()) live.close(1000, "access token changed");
}

/** Runs a subscription, in the shape GraphiQL expects. */
export function listen({ query, operationName, variables }: Request): Observable<ExecutionResult> {
  return {
    subscribe(...args: unknown[]) {
      const observer = args[0] as Observer;
      let failed = false;
      const unsubscribe = client.subscribe<Record<string, unknown>>(
        { query, operationName, variables },
        {
          next(result) {
            failed = result.errors !== undefined;
            explainRefusal(result.errors);
            observer.next(result as ExecutionResult);
          },
          error(reason) {
            if (Array.isArray(reason)) explainRefusal(reason);
            observer.error(readable(reason));
          },
          complete() {
            // A failure has its own, more useful notice.
            if (!failed) inform("The subscription has ended.");
            observer.complete();
          },
        },
      );
      return { unsubscribe };
    },
  };
}

interface Observer {
  next(value: ExecutionResult): void;
  error(reason: unknown): void;
  complete(): void;
}

/** Browser events print as {"isTrusted":true}; say what happened instead. */
function readable(reason: unknown): unknown {
  if (reason instanceof CloseEvent) {
    return new Error(`The server closed the socket: ${reason.code} ${reason.reason}`.trimEnd());
  }
  if (reason instanceof Event) return new Error("The socket could not be opened.");
  return reason;
}
