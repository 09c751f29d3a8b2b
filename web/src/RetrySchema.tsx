import { useEffect } from "react";
import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { token } from "./token";

/**
 * If the schema could not be loaded, say because the token had expired, the next
 * token gets another try. Once loaded, a new token changes nothing about it.
 */
export function RetrySchema(): null {
  const { introspect } = useGraphiQLActions();
  const loaded = useGraphiQL((state) => Boolean(state.schema));

  useEffect(() => {
    if (loaded) return;
    return token.subscribe(() => void introspect());
  }, [loaded, introspect]);

  return null;
}
