import { connect } from "../examples/graphql-ws.mjs";
import { http } from "./address.mjs";

/** A client of graphql-ws whose connection can be cut. */
export function socketOf(bearer) {
  const client = connect(http, bearer);
  let connection;
  client.on("connected", (opened) => (connection = opened));
  return { client, cut: () => connection.terminate(), connection: () => connection };
}
