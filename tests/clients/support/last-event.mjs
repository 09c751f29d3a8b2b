import { TransformStream } from "node:stream/web";

/**
 * A `fetch` that remembers the id of the last server-sent event and gives it back when it connects again, as a browser
 * does for an EventSource. `cut()` breaks off whatever connection is open.
 */
export function rememberingFetch() {
  let lastEvent;
  let open;

  async function remembering(url, { headers, signal, ...rest }) {
    open = new AbortController();
    const response = await fetch(url, {
      ...rest,
      headers: { ...headers, ...(lastEvent !== undefined && { "last-event-id": lastEvent }) },
      signal: signal ? AbortSignal.any([signal, open.signal]) : open.signal,
    });
    const stream = response.headers.get("content-type")?.startsWith("text/event-stream");
    return stream ? new Response(response.body.pipeThrough(noting((id) => (lastEvent = id))), response) : response;
  }

  return { fetch: remembering, cut: () => open.abort(), lastEvent: () => lastEvent };
}

/** Passes bytes on and tells each `id:` line that goes by. */
function noting(tell) {
  const decoder = new TextDecoder();
  let line = "";
  return new TransformStream({
    transform(chunk, controller) {
      controller.enqueue(chunk);
      const lines = (line + decoder.decode(chunk, { stream: true })).split(/\r\n|\n|\r/);
      line = lines.pop();
      for (const one of lines) {
        if (one.startsWith("id:")) tell(one.slice("id:".length).trimStart());
      }
    },
  });
}
