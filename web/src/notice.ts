import { createValue } from "./value";

export interface Notice {
  kind: "info" | "problem";
  text: string;
}

/** The one line beside the token field. Each new notice replaces the last. */
export const notice = createValue<Notice>({
  kind: "info",
  text: "Ctrl+Enter runs the open tab. In an editor, Ctrl+M lets the Tab key leave it.",
});

export function inform(text: string): void {
  notice.set({ kind: "info", text });
}

export function warn(text: string): void {
  notice.set({ kind: "problem", text });
}
