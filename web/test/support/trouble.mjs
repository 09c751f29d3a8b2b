/**
 * Collects everything that must not happen while the page is in use: a request
 * to another host, an error or warning on the console, a policy violation.
 * Warnings count because Monaco only warns when it has to do without workers.
 */
export async function watchForTrouble(page, origin) {
  const trouble = [];
  const allowed = [`${origin}/`, `${origin.replace(/^http/, "ws")}/`, "data:", "blob:"];
  const foreign = (url) => !allowed.some((start) => url.startsWith(start));

  page.on("request", (request) => {
    if (foreign(request.url())) trouble.push(`request to ${request.url()}`);
  });
  page.on("websocket", (socket) => {
    if (foreign(socket.url())) trouble.push(`socket to ${socket.url()}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) trouble.push(`${response.status()} for ${response.url()}`);
  });
  page.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText;
    // A reload gives up what is still on its way, such as a worker's script.
    if (reason !== "net::ERR_ABORTED") trouble.push(`${reason} for ${request.url()}`);
  });
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) {
      trouble.push(`console ${message.type()}: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => trouble.push(`exception: ${error.message}`));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`policy violation: ${event.effectiveDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  return trouble;
}
