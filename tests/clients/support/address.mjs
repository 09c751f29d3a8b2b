/** Where the server is: TOMBOLA_URL, such as http://127.0.0.1:4000. */
const given = process.env.TOMBOLA_URL;
if (!given) {
  console.error("TOMBOLA_URL is not set. Start a server and give its address, such as http://127.0.0.1:4000.");
  process.exit(2);
}

/** The one address of the API, however it is spoken to. */
export const http = new URL("/graphql", given).href;
