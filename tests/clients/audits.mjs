// The 61 server audits of the npm package graphql-http, written by the authors of GraphQL over HTTP. Each must be met,
// whether the specification says MUST, SHOULD or MAY.
import { auditServer } from "graphql-http";
import { http } from "./support/address.mjs";

const EXPECTED = 61;

const results = await auditServer({ url: http });
const unmet = results.filter((result) => result.status !== "ok");
for (const { id, name, status, reason, response } of unmet) {
  console.log(`${status}  ${id}  ${name}\n    ${reason}`);
  if (response) console.log(`    answered ${response.status} ${response.headers.get("content-type")}`);
}
console.log(`${results.length - unmet.length} of ${results.length} audits met`);
if (results.length !== EXPECTED) console.log(`there should be ${EXPECTED} audits`);
process.exit(unmet.length === 0 && results.length === EXPECTED ? 0 : 1);
