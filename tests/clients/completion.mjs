// An oracle: how graphql-js, the reference implementation, completes an answer in which some fields fail.
//
// Reads a case a line from standard input, as JSON:
//   schema         SDL
//   document       the operation, and operationName, variables when there are any
//   failing        response paths that fail, such as "/a/0/b"
//   lists          lengths of lists by response path; 2 unless it is said
//   types          names of types by response path, where a type is abstract; its first possible type unless it is said
// Writes a line for each: {"data", "errors": [path, …]}, paths as lists of keys, in the order in which they were met.
// A document that is not executed has no "data", and its errors are messages.
import { createInterface } from "node:readline";
import {
  GraphQLBoolean,
  GraphQLFloat,
  GraphQLInt,
  buildSchema,
  executeSync,
  isAbstractType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
  responsePathAsArray,
  validate,
} from "graphql";
import { remembering } from "./support/remembering.mjs";

const schemaOf = remembering((sdl) => buildSchema(sdl, { assumeValidSDL: true }));

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() !== "") process.stdout.write(`${JSON.stringify(complete(JSON.parse(line)))}\n`);
}

function complete({ schema: sdl, document: text, operationName, variables, failing = [], lists = {}, types = {} }) {
  const schema = schemaOf(sdl);
  const document = parse(text);
  const invalid = validate(schema, document);
  if (invalid.length > 0) return { errors: invalid.map((error) => error.message) };
  const failed = new Set(failing);
  const answer = executeSync({
    schema,
    document,
    operationName,
    variableValues: variables,
    rootValue: {},
    fieldResolver(_source, _arguments, _context, info) {
      const path = written(responsePathAsArray(info.path));
      if (failed.has(path)) throw new Error("It fails here.");
      return value(info.returnType, path);
    },
    typeResolver: (source) => source.type,
  });
  const errors = answer.errors?.map((error) => error.path ?? error.message);
  return { ...("data" in answer && { data: answer.data }), errors: errors ?? [] };

  /** What stands at a path: by its type and the path alone, so that another program can compute the same. */
  function value(type, path) {
    if (isNonNullType(type)) return value(type.ofType, path);
    if (failed.has(path)) return new Error("It fails here.");
    if (isListType(type)) {
      return Array.from({ length: lists[path] ?? 2 }, (_, index) => value(type.ofType, `${path}/${index}`));
    }
    if (isAbstractType(type)) return { type: types[path] ?? schema.getPossibleTypes(type)[0].name };
    if (isObjectType(type)) return {};
    if (isEnumType(type)) return type.getValues()[0].value;
    if (type === GraphQLInt || type === GraphQLFloat) return path.length;
    if (type === GraphQLBoolean) return path.length % 2 === 0;
    return path;
  }
}

function written(path) {
  return path.map((key) => `/${key}`).join("");
}
