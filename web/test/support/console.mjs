/** GraphiQL as a person uses it: tabs, editors, result, panels, settings. */
export class Console {
  constructor(page) {
    this.page = page;
    this.query = page.locator(".graphiql-query-editor .monaco-editor");
    this.variables = page.locator(".graphiql-editor-tool .monaco-editor").first();
    this.result = page.locator(".graphiql-response .monaco-editor");
  }

  /** All editors are there and the schema has been loaded. */
  async ready() {
    for (const editor of [this.query, this.variables, this.result]) await editor.waitFor();
    await this.page.waitForFunction(() => {
      const button = document.querySelector(".graphiql-sidebar button[aria-label^='Re-fetch']");
      return button && !button.disabled;
    });
    // Coloured tokens mean that the language support has started too.
    await this.query.locator(".view-line span[class*='mtk']").nth(4).waitFor();
  }

  async focusQuery() {
    await this.query.locator(".view-line").nth(1).click();
  }

  async openTab(title) {
    await this.page.getByRole("tab", { name: title, exact: true }).click();
    await waitForText(this.query, ` ${title}`);
  }

  tabTitles() {
    return this.page.locator(".graphiql-tab-button").allTextContents();
  }

  async run() {
    await this.page.getByRole("button", { name: /^Execute query/ }).click();
  }

  async setVariables(variables) {
    const text = JSON.stringify(variables);
    await this.variables.locator(".view-line").first().click();
    await this.page.keyboard.press("Control+a");
    await this.page.keyboard.insertText(text);
    // The editor closes brackets and quotes on its own; take those off again.
    await this.page.keyboard.press("Control+Shift+End");
    await this.page.keyboard.press("Delete");
    await this.waitForVariables(text);
  }

  waitForVariables(text) {
    return waitForText(this.variables, text);
  }

  waitForResult(text) {
    return waitForText(this.result, text);
  }

  resultText() {
    return this.result.locator(".view-lines").evaluate(visibleText);
  }

  /** Opens a panel of the sidebar and waits until it shows the text. */
  async openPlugin(title, text, within) {
    await this.page.getByRole("button", { name: `Show ${title}` }).click();
    const panel = this.page.locator(".graphiql-plugin");
    await within?.(panel);
    await panel.getByText(text, { exact: true }).first().waitFor();
  }

  async closePlugin(title) {
    await this.page.getByRole("button", { name: `Hide ${title}` }).click();
  }

  async chooseTheme(name) {
    await this.page.getByRole("button", { name: "Open settings dialog" }).click();
    const dialog = this.page.getByRole("dialog");
    await dialog.getByRole("button", { name, exact: true }).click();
    await this.page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  }

  /** Page, GraphiQL and editors must all agree. */
  async waitForTheme(name) {
    await this.page.waitForFunction((wanted) => {
      const isDark = (selector) => {
        const { backgroundColor } = getComputedStyle(document.querySelector(selector));
        const [red, green, blue] = backgroundColor.match(/\d+/g).map(Number);
        return red + green + blue < 3 * 128;
      };
      const editor = document.querySelector(".graphiql-query-editor .monaco-editor");
      const found = [isDark("body"), isDark(".graphiql-container"), editor.classList.contains("vs-dark")];
      return found.every((dark) => dark === (wanted === "dark"));
    }, name);
  }
}

async function waitForText(editor, text) {
  const lines = await editor.locator(".view-lines").elementHandle();
  const page = editor.page();
  try {
    await page.waitForFunction(
      ([element, wanted]) => element.textContent.replaceAll("\u00a0", " ").includes(wanted),
      [lines, text],
    );
  } catch (error) {
    const shown = await lines.evaluate(visibleText);
    throw new Error(`waited for ${text}\n    but saw ${shown.slice(0, 400)}\n    ${error.message}`);
  }
}

// Runs in the page. Monaco writes spaces as non-breaking ones.
function visibleText(element) {
  return element.textContent.replaceAll("\u00a0", " ");
}
