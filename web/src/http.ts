import type { ExecutionResult } from "graphql";

export interface Request {
  query: string;
  operationName?: string | null | undefined;
  variables?: Record<string, unknown>;
}

export interface Answer {
  status: number;
  result: ExecutionResult;
}

/** Sends one operation with the given headers beside the usual two. */
export async function post(request: Request, extraHeaders: Record<string, string>): Promise<Answer> {
  const headers = new Headers({
    accept: "application/graphql-response+json, application/json;q=0.9",
    "content-type": "application/json",
  });
  for (const [name, value] of Object.entries(extraHeaders)) headers.set(name, value);

  const response = await fetch("/graphql", {
    method: "POST",
    headers,
    body: JSON.stringify(request),
  });
  const text = await response.text();
  try {
    return { status: response.status, result: JSON.parse(text) as ExecutionResult };
  } catch {
    // A proxy's error page, for example. Show what came instead of JSON.
    throw new Error(`HTTP ${response.status} ${response.statusText}\n${text.slice(0, 500)}`);
  }
}
