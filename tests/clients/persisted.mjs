// Apollo Client's persisted query link: it asks by the SHA-256 of a document, and sends the text when that is not known.
// A server that lets anybody register what they send is no server of known documents: the text must run, or be refused
// by PERSISTED_QUERY_REQUIRED, but never be remembered.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import * as address from "./support/address.mjs";
import { PATIENCE } from "./support/patience.mjs";

const DOCUMENT = gql`query Anybody { rooms(first: 1) { totalCount } }`;

for (const first of ["POST", "GET"]) {
  test(`a document is not registered by being sent, asked for by ${first}`, PATIENCE, async () => {
    for (const _time of ["first", "second"]) {
      const sent = [];
      const client = new ApolloClient({
        cache: new InMemoryCache(),
        link: ApolloLink.from([
          new PersistedQueryLink({ sha256, useGETForHashedQueries: first === "GET" }),
          new HttpLink({ uri: address.http, fetch: watching(sent) }),
        ]),
      });
      const outcome = await client.query({ query: DOCUMENT }).then(({ data }) => data, (error) => error);
      client.stop();

      assert.deepEqual(sent[0], { method: first, text: false, codes: ["PERSISTED_QUERY_NOT_FOUND"] });
      assert.equal(sent.length, 2, JSON.stringify(sent));
      assert.ok(sent[1].text, "the second request has the text");
      if (sent[1].codes.length === 0) assert.equal(typeof outcome.rooms.totalCount, "number");
      else assert.deepEqual(sent[1].codes, ["PERSISTED_QUERY_REQUIRED"]);
    }
  });
}

function sha256(text) {
  return createHash("sha256").update(text).digest("hex");
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
