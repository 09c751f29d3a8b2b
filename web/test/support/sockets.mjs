/** Lets a check wait for the page's next socket and for messages on it. */
export function recordSockets(page) {
  const unseen = [];
  const waiting = [];

  page.on("websocket", (socket) => {
    const record = recordMessages(socket);
    const taker = waiting.shift();
    if (taker) taker(record);
    else unseen.push(record);
  });

  return {
    next: () => deadline(unseen.length ? unseen.shift() : new Promise((done) => waiting.push(done)), "a socket"),
  };
}

function recordMessages(socket) {
  const messages = [];
  const listeners = new Set();
  const closed = new Promise((done) => socket.on("close", done));
  socket.on("framesent", ({ payload }) => {
    messages.push(JSON.parse(payload));
    for (const listener of listeners) listener();
  });
  return {
    url: socket.url(),
    messages,
    closed: () => deadline(closed, "the socket to close"),
    sent(matches) {
      const seen = new Promise((done) => {
        const look = () => {
          if (!messages.some(matches)) return;
          listeners.delete(look);
          done();
        };
        listeners.add(look);
        look();
      });
      return deadline(seen, "a message on the socket");
    },
  };
}

async function deadline(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited 20 s for ${what}`)), 20_000);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
