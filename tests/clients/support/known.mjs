import { createHash } from "node:crypto";
import { InMemoryCache, gql } from "@apollo/client";
import { print } from "graphql";

/** A document for everybody, which an app may publish. */
export const KNOWN = gql`query KnownRooms { rooms(first: 1) { totalCount } }`;

/** The hash by which Apollo Client asks for a text. */
export function sha256(text) {
  return createHash("sha256").update(text).digest("hex");
}

/** A document as Apollo Client sends it, with the names of types in it. */
export function sent(document) {
  return print(new InMemoryCache().transformDocument(document));
}
