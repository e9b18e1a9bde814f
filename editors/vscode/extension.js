// Starts `envgate lsp` and hands the editor's documents to it. Everything else is in the server.
"use strict";

const { commands, window, workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

function start() {
  const command = workspace.getConfiguration("envgate").get("path", "envgate");
  const folder = workspace.workspaceFolders?.[0]?.uri.fsPath;
  client = new LanguageClient(
    "envgate",
    "envgate",
    { command, args: ["lsp"], options: { cwd: folder } },
    // The server decides by itself which files mean something, so it is told of all of them.
    { documentSelector: [{ scheme: "file" }] },
  );
  return client.start().catch((error) => {
    window.showErrorMessage(`envgate does not start: ${error.message}. Install it, or set "envgate.path".`);
  });
}

exports.activate = async (context) => {
  context.subscriptions.push(
    commands.registerCommand("envgate.restart", async () => {
      await client?.stop().catch(() => {});
      await start();
    }),
  );
  await start();
};

exports.deactivate = () => client?.stop();
