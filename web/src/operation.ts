import { Kind, parse, type OperationDefinitionNode } from "graphql";

/**
 * The operation that will run. GraphiQL reports the operation name a moment
 * after the text changed, so right after a change of tab the name may belong to
 * the previous tab; a document with a single operation leaves no doubt.
 */
export function findOperation(
  query: string,
  operationName: string | null | undefined,
): OperationDefinitionNode | undefined {
  const operations = operationsIn(query);
  if (operations.length === 1) return operations[0];
  return operations.find((operation) => operation.name?.value === operationName);
}

function operationsIn(query: string): OperationDefinitionNode[] {
  try {
    return parse(query).definitions.filter(
      (definition) => definition.kind === Kind.OPERATION_DEFINITION,
    );
  } catch {
    // A syntax error is for the server to report, with its own words.
    return [];
  }
}
