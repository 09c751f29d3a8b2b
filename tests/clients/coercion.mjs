// An oracle: what graphql-js, the reference implementation, makes of the arguments of an operation.
//
// Reads a case a line from standard input, as JSON:
//   schema         SDL
//   document       the operation
//   variables      what was sent
// Writes a line for each: the data, in which every field answers its arguments as they were coerced, or `null` when the
// operation has any error.
import { createInterface } from "node:readline";
import { buildSchema, executeSync, parse, validate } from "graphql";
import { remembering } from "./support/remembering.mjs";

const schemaOf = remembering((sdl) => buildSchema(sdl, { assumeValidSDL: true }));

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() !== "") process.stdout.write(`${JSON.stringify(coerced(JSON.parse(line)))}\n`);
}

function coerced({ schema: sdl, document: text, variables }) {
  const schema = schemaOf(sdl);
  const document = parse(text);
  if (validate(schema, document).length > 0) return null;
  const answer = executeSync({
    schema,
    document,
    variableValues: variables,
    fieldResolver: (_source, received) => received,
  });
  return answer.errors ? null : answer.data;
}
