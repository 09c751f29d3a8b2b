// Prints the manifest of the documents that persisted.mjs asks for by their hash, as Apollo's tools write it. Publish it
// for an app, and give the app's client id to persisted.mjs as TOMBOLA_APP.
import { KNOWN, sent, sha256 } from "./support/known.mjs";

const body = sent(KNOWN);
const operation = { id: sha256(body), name: "KnownRooms", type: "query", body };
console.log(JSON.stringify({ format: "apollo-persisted-query-manifest", version: 1, operations: [operation] }, null, 2));
