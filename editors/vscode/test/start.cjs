// node editors/vscode/test/start.cjs ENVGATE: the extension starts the real server through the real language client, and
// what it tells is shown. The editor around them is test/host.cjs; `npm ci` has to have been run.
"use strict";

const assert = require("node:assert/strict");
const { mkdtempSync, realpathSync, rmSync, writeFileSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join, resolve } = require("node:path");
const host = require("./host.cjs");
const extension = require("../extension.js");

const root = mkdtempSync(join(realpathSync(tmpdir()), "envgate-vscode-"));
const path = join(root, ".env");
let text = "PORT=1\nPORT=2\n";
writeFileSync(path, text);
writeFileSync(join(root, "compose.yaml"), "services: {web: {image: nginx:1.27, environment: {PORT: '${PORT}'}}}\n");
const document = { uri: host.Uri.file(path), languageId: "dotenv", version: 1, getText: () => text, fileName: path };
host.documents.push(document);
host.workspace.workspaceFolders = [{ uri: host.Uri.file(root), name: "shop", index: 0 }];

async function until(what, met) {
  for (let left = 600; left > 0; left -= 1) {
    const found = await met();
    if (found) return found;
    await new Promise((awake) => setTimeout(awake, 50));
  }
  throw new Error(`not so in 30 s: ${what}`);
}

const codes = () => host.shown.get(document.uri.toString())?.map((one) => one.code.value ?? one.code).join(" ");

async function main() {
  // A command that is not there is said, and the way out with it.
  const context = { subscriptions: [] };
  host.settings.path = join(root, "nowhere");
  await extension.activate(context);
  assert.match(host.said.join("\n"), /envgate does not start: .*set "envgate\.path"/);
  host.said.length = 0;

  host.settings.path = resolve(process.argv[2]);
  await host.registered["envgate.restart"]();
  await until("a key that is set twice is shown", () => codes() === "ENV008");

  const hover = host.registered.registerHoverProvider?.[1];
  const token = { isCancellationRequested: false, onCancellationRequested: () => ({ dispose() {} }) };
  const told = await hover.provideHover(document, new host.Position(1, 1), token);
  assert.match(JSON.stringify(told), /`?web`?.*1 character/, JSON.stringify(told));

  // As it is typed, before it is saved.
  const change = { range: { start: { line: 1, character: 0 }, end: { line: 2, character: 0 } }, text: "" };
  text = "PORT=1\n";
  document.version += 1;
  await host.events.onDidChangeTextDocument.fire({ document, contentChanges: [change] });
  await until("mended, nothing is shown", () => codes() === "");

  await extension.deactivate();
  assert.deepEqual(host.said, []);
  console.log("ok: the extension");
}

main()
  .finally(() => rmSync(root, { recursive: true }))
  .then(() => process.exit(0), (error) => {
    console.error(error, host.said);
    process.exit(1);
  });
