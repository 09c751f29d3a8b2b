import type { Storage as GraphiQLStorage } from "@graphiql/toolkit";

const NAMESPACE = "graphiql:";

/** Keys about how the page looks. They may outlive the browser tab. */
const APPEARANCE = new Set(
  ["theme", "visiblePlugin", "docExplorerFlex", "editorFlex", "secondaryEditorFlex"].map(
    (name) => NAMESPACE + name,
  ),
);

/**
 * GraphiQL keeps tabs and history in localStorage by default. Here variables
 * hold passwords and refresh tokens, so everything that was typed stays in
 * sessionStorage; only the appearance goes to localStorage.
 */
export const storage: GraphiQLStorage = {
  getItem: (key) => storeFor(key).getItem(key),
  setItem: (key, value) => storeFor(key).setItem(key, value),
  removeItem: (key) => storeFor(key).removeItem(key),
  clear() {
    for (const store of [localStorage, sessionStorage]) {
      for (const key of ownKeys(store)) store.removeItem(key);
    }
  },
  get length() {
    return ownKeys(localStorage).length + ownKeys(sessionStorage).length;
  },
};

/**
 * On a first visit GraphiQL fills the query editor from the first tab, but not
 * the variables editor: that one it only fills from the storage.
 */
export function prepareFirstVisit(first: { query: string | null; variables?: string | null }): void {
  if (storage.getItem(`${NAMESPACE}tabState`) !== null) return;
  storage.setItem(`${NAMESPACE}query`, first.query ?? "");
  storage.setItem(`${NAMESPACE}variables`, first.variables ?? "");
}

function storeFor(key: string): Storage {
  return APPEARANCE.has(key) ? localStorage : sessionStorage;
}

function ownKeys(store: Storage): string[] {
  return Object.keys(store).filter((key) => key.startsWith(NAMESPACE));
}
