import { useEffect } from "react";
import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";

/**
 * With the theme set to "system" GraphiQL's styles follow the system at any
 * time, but the editors look only once. This tells them about later changes.
 */
export function SystemTheme(): null {
  const { setTheme } = useGraphiQLActions();
  const theme = useGraphiQL((state) => state.theme);

  useEffect(() => {
    if (theme !== null) return;
    const system = matchMedia("(prefers-color-scheme: dark)");
    const follow = () => setTheme(null);
    system.addEventListener("change", follow);
    return () => system.removeEventListener("change", follow);
  }, [theme, setTheme]);

  return null;
}
