import { useEffect, useState } from "react";
import { cleanToken, token } from "./token";
import { useValue } from "./value";

/**
 * The token counts when the field is left or on Enter, not with every key:
 * each change of token reopens the socket.
 */
export function TokenField() {
  const current = useValue(token);
  const [draft, setDraft] = useState(current);
  useEffect(() => setDraft(current), [current]);

  function commit() {
    const cleaned = cleanToken(draft);
    setDraft(cleaned);
    token.set(cleaned);
  }

  return (
    <>
      <label htmlFor="access-token">Access token</label>
      {/* Masked by style instead of type="password", so that password managers keep out. */}
      <input
        id="access-token"
        className="token"
        type="text"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        placeholder="none: run the SignIn tab"
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => event.key === "Enter" && commit()}
      />
    </>
  );
}
