// Drives the built page in Chromium against a running server with demo data:
//   node test/graphiql.mjs <server address> <folder for screenshots>
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { connect } from "./support/api.mjs";
import { openBrowser } from "./support/browser.mjs";
import { Console } from "./support/console.mjs";
import { createReport, expect } from "./support/report.mjs";
import { recordSockets } from "./support/sockets.mjs";
import { watchForTrouble } from "./support/trouble.mjs";

const [address, folder] = process.argv.slice(2);
if (!address || !folder) {
  console.error("usage: node test/graphiql.mjs <server address> <folder for screenshots>");
  process.exit(2);
}
const { origin } = new URL(address);
const ROOM = "New Year Lottery 2025";

await mkdir(folder, { recursive: true });
const browser = await openBrowser();
const page = await browser.newPage({ viewport: { width: 1400, height: 900 }, colorScheme: "light" });
page.setDefaultTimeout(20_000);
const trouble = await watchForTrouble(page, origin);
const sockets = recordSockets(page);
const graphiql = new Console(page);
const picture = (name) => page.screenshot({ path: join(folder, `${name}.png`) });
const { check, finish } = createReport({
  async onFailure() {
    for (const line of trouble) console.log(`    ${line}`);
    await picture("failure");
  },
});

const alice = await connect(origin, "alice@example.com", "welcome-to-tombola");
let room;
let running;

await check("the page arrives with a strict policy and no inline script", async () => {
  const response = await page.goto(`${origin}/`);
  const policy = response.headers()["content-security-policy"] ?? "";
  expect(policy.includes("default-src 'none'"), `the policy is: ${policy}`);
  expect(!policy.includes("unsafe-eval"), "the policy allows eval");
  expect(/script-src 'self'(;|$)/.test(policy), "scripts may come from elsewhere");
  const inline = /<script(?![^>]*\ssrc=)[^>]*>/i.test(await response.text());
  expect(!inline, "index.html has an inline script");
});

await check("it has a title, a language and an icon of its own", async () => {
  expect((await page.title()).includes("Tombola"), "the title is wrong");
  expect((await page.locator("html").getAttribute("lang")) === "en", "lang is not set");
  const icon = await page.request.get(`${origin}/favicon.svg`);
  expect(icon.ok() && icon.headers()["content-type"].includes("svg"), "the icon is missing");
});

await check("the schema loads and the first tab is ready", async () => {
  await graphiql.ready();
  await graphiql.waitForVariables("alice@example.com");
  await picture("start-light");
});

await check("signing in by keyboard fills in the token", async () => {
  await graphiql.focusQuery();
  await page.keyboard.press("Control+Enter");
  await graphiql.waitForResult('"SignedIn"');
  await page.waitForFunction(() => document.getElementById("access-token").value.length > 20);
  await page.getByRole("status").filter({ hasText: "Signed in as alice@example.com" }).waitFor();
  await picture("signed-in-light");
});

await check("the token is in sessionStorage and nowhere else", async () => {
  const kept = await page.evaluate(() => {
    const token = document.getElementById("access-token").value;
    return {
      session: Object.values(sessionStorage).includes(token),
      local: JSON.stringify({ ...localStorage }).includes(token),
      cookie: document.cookie.includes(token),
    };
  });
  expect(kept.session && !kept.local && !kept.cookie, JSON.stringify(kept));
});

await check("the Rooms tab shows the rooms", async () => {
  await graphiql.openTab("Rooms");
  const request = page.waitForRequest((sent) => sent.postDataJSON()?.operationName === "Rooms");
  await graphiql.run();
  expect(/^Bearer ./.test((await request).headers().authorization ?? ""), "no token was sent");
  await graphiql.waitForResult('"title": "');
  const shown = /"title": "([^"]+)"/.exec(await graphiql.resultText())?.[1];
  const titles = (await alice.rooms()).map((one) => one.title);
  expect(titles.includes(shown), `the page shows "${shown}", the API has: ${titles.join(", ")}`);
  await picture("rooms-light");
});

await check("documentation, history and explorer open", async () => {
  await graphiql.openPlugin("Documentation Explorer", "awardPrize", async (panel) => {
    await panel.getByRole("link", { name: "Mutation", exact: true }).click();
  });
  await graphiql.openPlugin("History", "Rooms");
  await graphiql.openPlugin("GraphiQL Explorer", "rooms");
  await picture("explorer-light");
  await graphiql.closePlugin("GraphiQL Explorer");
});

await check("the Watch tab subscribes over the socket with the token", async () => {
  room = (await alice.rooms()).find((one) => one.title === ROOM);
  expect(room, `there is no room "${ROOM}" among the first ten`);
  await graphiql.openTab("WatchWinners");
  await graphiql.setVariables({ roomId: room.id });
  await graphiql.run();
  running = await sockets.next();
  expect(running.url === `${origin.replace(/^http/, "ws")}/graphql`, running.url);
  await running.sent((message) => message.type === "subscribe" && message.payload.variables.roomId === room.id);
  const [init] = running.messages;
  expect(/^Bearer ./.test(init.payload?.authorization ?? ""), "connection_init has no token");
});

await check("an award appears in the result", async () => {
  // Reads the room again first. By the time the answer is here, the server has
  // long seen the subscription, which was sent before.
  const won = await alice.awardAnyPrize(room.id);
  await graphiql.waitForResult('"winnerAnnounced"');
  await graphiql.waitForResult(`"prizeName": "${won.prize}"`);
  await graphiql.waitForResult(`"displayName": "${won.participant}"`);
  await picture("winner-light");
});

await check("a new token reopens the socket and keeps the subscription", async () => {
  const reopened = sockets.next();
  await page.getByLabel("Access token").fill(`Bearer ${alice.token}`);
  await page.keyboard.press("Enter");
  const second = await reopened;
  await second.sent((message) => message.type === "subscribe");
  expect(second.messages[0].payload.authorization === `Bearer ${alice.token}`, "the old token was used");
  await running.closed();
});

await check("the theme switches to dark, and follows the system again", async () => {
  await graphiql.chooseTheme("Dark");
  await graphiql.waitForTheme("dark");
  await picture("winner-dark");
  await graphiql.openTab("Rooms");
  await graphiql.run();
  await graphiql.waitForResult('"title": "');
  await picture("rooms-dark");
  await graphiql.chooseTheme("System");
  await graphiql.waitForTheme("light");
  await page.emulateMedia({ colorScheme: "dark" });
  await graphiql.waitForTheme("dark");
});

await check("a reload keeps the token and the tabs", async () => {
  await page.reload();
  await graphiql.ready();
  expect((await page.getByLabel("Access token").inputValue()) === alice.token, "the token is gone");
  expect((await graphiql.tabTitles()).join() === "SignIn,Rooms,Award,WatchWinners", "the tabs changed");
});

await check("the keyboard can leave an editor and sees where it is", async () => {
  await graphiql.focusQuery();
  await page.keyboard.press("Control+m");
  await page.keyboard.press("Tab");
  const outside = await page.evaluate(() => !document.activeElement.closest(".monaco-editor"));
  expect(outside, "Tab stays in the editor");
  await page.getByLabel("Access token").focus();
  await page.keyboard.press("Tab");
  const outline = await page.evaluate(() => {
    const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
    return `${document.activeElement.textContent} ${outlineStyle} ${outlineWidth}`;
  });
  expect(outline === "Clear token solid 2px", outline);
});

await check("the token can be cleared", async () => {
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.getElementById("access-token").value === "");
  const left = await page.evaluate((token) => JSON.stringify({ ...sessionStorage }).includes(token), alice.token);
  expect(!left, "sessionStorage still has it");
});

await check("no other host, no console error, no policy violation", async () => {
  expect(trouble.length === 0, "there was trouble:");
});

await browser.close();
process.exit(finish());
