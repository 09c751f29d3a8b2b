import { inform, notice } from "./notice";
import { token } from "./token";
import { TokenField } from "./TokenField";
import { useValue } from "./value";

export function TopBar() {
  const current = useValue(token);
  const message = useValue(notice);

  function clear() {
    token.set("");
    // The button is about to be disabled, which would drop the keyboard focus.
    document.getElementById("access-token")?.focus();
    inform("The access token is cleared from this page. The signOut mutation ends the session itself.");
  }

  return (
    <header className="top-bar">
      <h1>Tombola</h1>
      <TokenField />
      <button type="button" onClick={clear} disabled={current === ""}>
        Clear token
      </button>
      <p role="status" className={message.kind}>
        {message.text}
      </p>
    </header>
  );
}
