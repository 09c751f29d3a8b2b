// An oracle: what graphql-js, the reference implementation, answers to its own introspection query.
//
// Reads a case a line from standard input, as JSON: {"schema": SDL}.
// Writes a line for each: {"query", "data"}, the query with everything that it can ask for.
import { createInterface } from "node:readline";
import { buildSchema, executeSync, getIntrospectionQuery, parse } from "graphql";

const query = getIntrospectionQuery({
  descriptions: true,
  specifiedByUrl: true,
  directiveIsRepeatable: true,
  schemaDescription: true,
  inputValueDeprecation: true,
  oneOf: true,
});

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() === "") continue;
  const { schema: sdl } = JSON.parse(line);
  const { data, errors } = executeSync({ schema: buildSchema(sdl), document: parse(query) });
  if (errors) throw errors[0];
  process.stdout.write(`${JSON.stringify({ query, data })}\n`);
}
