import assert from "node:assert/strict";

/** Names in another order than the alphabet's, fields that take longer before fields that take no time. */
export const ORDERED = `query Ordered {
  z: rooms(first: 1) { totalCount nodes { title id __typename } }
  viewer { profile { displayName } email }
  a: __typename
}`;

/** Keys come in the order of the selection (GraphQL 7.2.2). */
export function isOrdered(data) {
  assert.deepEqual(Object.keys(data), ["z", "viewer", "a"]);
  assert.deepEqual(Object.keys(data.z), ["totalCount", "nodes"]);
  assert.deepEqual(Object.keys(data.z.nodes[0]), ["title", "id", "__typename"]);
  assert.deepEqual(Object.keys(data.viewer), ["profile", "email"]);
}
