import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const CONFIG = {
  src: ".",
  schema: "schema.graphql",
  artifactDirectory: "compiled",
  language: "javascript",
  // Node.js finds what one compiled file takes from another only by `require`.
  eagerEsModules: false,
};

/**
 * Compiles a file of ../relay against the checked-in schema and answers what was made of it, by the names of its
 * operations and fragments. It does so in a folder of its own: several may compile at once, and what comes out is no
 * module of this package.
 */
export function compile(file) {
  const folder = mkdtempSync(join(tmpdir(), "tombola-relay-"));
  try {
    mkdirSync(join(folder, "compiled"));
    copyFileSync(here(`../relay/${file}`), join(folder, file));
    copyFileSync(here("../../../schema.graphql"), join(folder, "schema.graphql"));
    writeFileSync(join(folder, "relay.config.json"), JSON.stringify(CONFIG));
    run(folder);
    const made = readdirSync(join(folder, "compiled"));
    return Object.fromEntries(made.map((name) => [name.split(".")[0], require(join(folder, "compiled", name))]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(folder) {
  const { status, stdout, stderr, error } = spawnSync(require("relay-compiler"), ["--output", "quiet-with-errors"], {
    cwd: folder,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`relay-compiler: ${error ?? stdout + stderr}`);
}
