import type { Fetcher } from "@graphiql/toolkit";
import { post, type Request } from "./http";
import { findOperation } from "./operation";
import { explainRefusal } from "./refusal";
import { adoptToken, isSignIn } from "./signin";
import { listen } from "./socket";
import { authorization } from "./token";

/**
 * How GraphiQL reaches the API: subscriptions over the socket, everything else
 * over HTTP, both at /graphql of the page's own origin.
 */
export const fetcher: Fetcher = (params, options) => {
  const operation = findOperation(params.query, params.operationName);
  const request: Request = {
    query: params.query,
    operationName: operation?.name?.value ?? params.operationName,
    variables: params.variables,
  };
  if (operation?.operation === "subscription") return listen(request);
  return run(request, options?.headers, operation);
};

async function run(
  request: Request,
  typedHeaders: Record<string, string> | undefined,
  operation: ReturnType<typeof findOperation>,
) {
  // Signing in needs no token, and an expired one must not get in its way.
  const bearer = isSignIn(operation) ? undefined : authorization();
  // Headers typed into GraphiQL's own editor win over the token field.
  const answer = await post(request, { ...(bearer && { authorization: bearer }), ...typedHeaders });
  if (!isSignIn(operation)) explainRefusal(answer.result.errors, answer.status);
  adoptToken(operation, answer.result.data);
  return answer.result;
}
