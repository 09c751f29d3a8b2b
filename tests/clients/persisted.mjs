// Apollo Client's persisted query link: it asks by the SHA-256 of a document, and sends the text when that is not known.
// A server that lets anybody register what they send is no server of known documents: the text must run, or be refused
// by PERSISTED_QUERY_REQUIRED, but never be remembered.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { http } from "./support/address.mjs";
import { KNOWN, sha256 } from "./support/known.mjs";
import { PATIENCE } from "./support/patience.mjs";

const UNKNOWN = gql`query Unknown { rooms(first: 2) { totalCount } }`;
const APP = process.env.TOMBOLA_APP;

for (const method of ["POST", "GET"]) {
  test(`a document is not registered by being sent, asked for by ${method}`, PATIENCE, async () => {
    for (const _time of ["first", "second"]) {
      const { sent, data } = await ask(UNKNOWN, method);
      assert.deepEqual(sent[0], { method, text: false, codes: ["PERSISTED_QUERY_NOT_FOUND"] });
      assert.equal(sent.length, 2, JSON.stringify(sent));
      assert.ok(sent[1].text, "the second request has the text");
      if (sent[1].codes.length === 0) assert.equal(typeof data.rooms.totalCount, "number");
      else assert.deepEqual(sent[1].codes, ["PERSISTED_QUERY_REQUIRED"]);
    }
  });

  const options = { ...PATIENCE, skip: !APP && "TOMBOLA_APP names no app that published manifest.mjs" };
  test(`a published document is known by its hash, asked for by ${method}`, options, async () => {
    const { sent, data } = await ask(KNOWN, method);
    assert.deepEqual(sent, [{ method, text: false, codes: [] }]);
    assert.equal(typeof data.rooms.totalCount, "number");
  });
}

/** Asks by hash first, and answers what was sent to the server and what came of it. */
async function ask(query, method) {
  const sent = [];
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: ApolloLink.from([
      new PersistedQueryLink({ sha256, useGETForHashedQueries: method === "GET" }),
      new HttpLink({ uri: http, headers: APP ? { "tombola-app": APP } : {}, fetch: watching(sent) }),
    ]),
  });
  const data = await client.query({ query }).then(
    (answer) => answer.data,
    () => undefined,
  );
  client.stop();
  return { sent, data };
}

/** A `fetch` that writes down what went by. */
function watching(sent) {
  return async (url, options) => {
    const response = await fetch(url, options);
    const { errors = [] } = await response.clone().json();
    const asked = options.body ? JSON.parse(options.body) : Object.fromEntries(new URL(url).searchParams);
    sent.push({
      method: options.method,
      text: asked.query !== undefined,
      codes: errors.map((error) => error.extensions.code),
    });
    return response;
  };
}
