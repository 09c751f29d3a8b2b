import type { GraphQLFormattedError } from "graphql";
import { warn } from "./notice";
import { token } from "./token";

/** Tells newcomers what to do when the server wants to know who they are. */
export function explainRefusal(
  errors: readonly Pick<GraphQLFormattedError, "extensions">[] | undefined,
  status?: number,
): void {
  const refused =
    status === 401 || errors?.some((error) => error.extensions?.code === "UNAUTHENTICATED");
  if (!refused) return;
  warn(
    token.get()
      ? "The server did not accept the access token. Run the SignIn tab again."
      : "This needs an access token. Run the SignIn tab first.",
  );
}
