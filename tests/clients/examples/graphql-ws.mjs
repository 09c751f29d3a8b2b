import { createClient } from "graphql-ws";
import WebSocket from "ws";

export function connect(url, bearer) {
  return createClient({
    url: url.replace(/^http/, "ws"),
    connectionParams: { authorization: `Bearer ${bearer}` },
    // The library would come back with the old `after`.
    retryAttempts: 0,
    // Browsers, and Node.js from 22 on, have a WebSocket of their own.
    webSocketImpl: WebSocket,
  });
}
