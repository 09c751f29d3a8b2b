import { http } from "./address.mjs";

/** The API as another program uses it, beside the client that is tested: plain HTTP, no library. */
export async function call(query, variables, token) {
  const response = await fetch(http, {
    method: "POST",
    headers: {
      accept: "application/graphql-response+json",
      "content-type": "application/json",
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(errors.map((error) => error.message).join(" "));
  return data;
}

/** Runs one mutation and answers what is selected of its payload. */
export async function change(field, input, selection, token) {
  const type = `${field[0].toUpperCase()}${field.slice(1)}Input`;
  const query = `mutation ($input: ${type}!) { ${field}(input: $input) { ${selection} } }`;
  return (await call(query, { input }, token))[field];
}
