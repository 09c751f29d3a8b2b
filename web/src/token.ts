import { createValue } from "./value";

const KEY = "tombola:access-token";

/**
 * The access token. It lives in sessionStorage and nowhere else: a reload of
 * this browser tab keeps it, closing the tab forgets it.
 */
export const token = createValue(sessionStorage.getItem(KEY) ?? "");

token.subscribe(() => {
  if (token.get()) sessionStorage.setItem(KEY, token.get());
  else sessionStorage.removeItem(KEY);
});

/** People paste whole header values; keep only the token itself. */
export function cleanToken(typed: string): string {
  return typed.trim().replace(/^bearer\s+/i, "");
}

/** The value of the Authorization header, the same over HTTP and the socket. */
export function authorization(): string | undefined {
  return token.get() ? `Bearer ${token.get()}` : undefined;
}
