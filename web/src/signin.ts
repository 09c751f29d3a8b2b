import { Kind, type FieldNode, type OperationDefinitionNode } from "graphql";
import { inform } from "./notice";
import { token } from "./token";

const SIGN_IN_FIELDS = new Set(["signIn", "signUp", "refreshSession"]);

/** Whether the operation does nothing but obtain a token. */
export function isSignIn(operation: OperationDefinitionNode | undefined): boolean {
  const count = signInFields(operation).length;
  return count > 0 && count === operation?.selectionSet.selections.length;
}

/**
 * Puts the access token of a successful sign-in into the token field, so that
 * nobody has to copy it out of the result.
 */
export function adoptToken(
  operation: OperationDefinitionNode | undefined,
  data: Record<string, unknown> | null | undefined,
): void {
  for (const field of signInFields(operation)) {
    const payload = data?.[field.alias?.value ?? field.name.value];
    if (!isRecord(payload) || typeof payload.accessToken !== "string") continue;
    token.set(payload.accessToken);
    inform(`Signed in${who(payload)}. The access token is filled in${until(payload)}.`);
  }
}

function signInFields(operation: OperationDefinitionNode | undefined): FieldNode[] {
  if (operation?.operation !== "mutation") return [];
  return operation.selectionSet.selections.filter(
    (selection) => selection.kind === Kind.FIELD && SIGN_IN_FIELDS.has(selection.name.value),
  ) as FieldNode[];
}

function who(payload: Record<string, unknown>): string {
  const viewer = payload.viewer;
  return isRecord(viewer) && typeof viewer.email === "string" ? ` as ${viewer.email}` : "";
}

function until(payload: Record<string, unknown>): string {
  if (typeof payload.accessTokenExpiresAt !== "string") return "";
  const time = new Date(payload.accessTokenExpiresAt);
  if (Number.isNaN(time.valueOf())) return "";
  return ` and valid until ${time.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
