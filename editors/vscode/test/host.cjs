// Stands for the editor: as much of its interface as the extension and the language client ask for when they start and
// when they show what the server told. It is not Visual Studio Code, and draws nothing.
"use strict";

const Module = require("node:module");
const { fileURLToPath, pathToFileURL } = require("node:url");

class Emitter {
  listeners = new Set();
  event = (listener, that, disposables) => {
    const bound = that ? listener.bind(that) : listener;
    this.listeners.add(bound);
    const one = { dispose: () => this.listeners.delete(bound) };
    disposables?.push?.(one);
    return one;
  };
  fire(what) {
    return Promise.all([...this.listeners].map((listener) => listener(what)));
  }
  dispose() {
    this.listeners.clear();
  }
}

class Uri {
  constructor(text) {
    const url = new URL(text);
    this.text = text;
    this.scheme = url.protocol.slice(0, -1);
    this.path = decodeURIComponent(url.pathname);
    this.fsPath = this.scheme === "file" ? fileURLToPath(text) : this.path;
  }
  static file(path) {
    return new Uri(pathToFileURL(path).href);
  }
  static parse(text) {
    return new Uri(text);
  }
  toString() {
    return this.text;
  }
}

class Position {
  constructor(line, character) {
    Object.assign(this, { line, character });
  }
}

class Range {
  constructor(a, b, c, d) {
    [this.start, this.end] = typeof a === "number" ? [new Position(a, b), new Position(c, d)] : [a, b];
  }
}

class Diagnostic {
  constructor(range, message, severity) {
    Object.assign(this, { range, message, severity });
  }
}

class Disposable {
  constructor(end) {
    this.end = end;
  }
  dispose() {
    this.end?.();
  }
  static from(...all) {
    return new Disposable(() => all.forEach((one) => one.dispose()));
  }
}

class CancellationTokenSource {
  token = { isCancellationRequested: false, onCancellationRequested: new Emitter().event };
  cancel() {}
  dispose() {}
}

/** What an editor would show: diagnostics by address, and every message. */
const shown = new Map();
const said = [];
/** What was registered, by the name of what registered it; and events, by theirs. */
const registered = {};
const events = {};
const documents = [];
const settings = {};

const nothing = { dispose() {} };
const event = (name) => (events[name] ??= new Emitter()).event;
const message = async (text) => void said.push(text);
const channel = { append() {}, appendLine() {}, show() {}, clear() {}, dispose() {} };

const diagnostics = {
  set: (uri, all) => shown.set(uri.toString(), all ?? []),
  get: (uri) => shown.get(uri.toString()),
  has: (uri) => shown.has(uri.toString()),
  delete: (uri) => shown.delete(uri.toString()),
  clear: () => shown.clear(),
  forEach() {},
  dispose() {},
};

const workspace = {
  textDocuments: documents,
  workspaceFolders: undefined,
  notebookDocuments: [],
  getConfiguration: () => ({ get: (key, other) => settings[key] ?? other }),
  getWorkspaceFolder: () => workspace.workspaceFolders[0],
  createFileSystemWatcher: () => ({
    onDidCreate: new Emitter().event,
    onDidChange: new Emitter().event,
    onDidDelete: new Emitter().event,
    dispose() {},
  }),
};

const known = {
  Uri,
  Position,
  Range,
  Diagnostic,
  Disposable,
  CancellationTokenSource,
  EventEmitter: Emitter,
  version: "1.85.0",
  env: { appName: "host", language: "en" },
  commands: { registerCommand: (name, run) => ((registered[name] = run), nothing) },
  window: {
    createOutputChannel: () => channel,
    showErrorMessage: message,
    showWarningMessage: message,
    showInformationMessage: message,
    visibleTextEditors: [],
    tabGroups: { all: [], onDidChangeTabs: event("onDidChangeTabs") },
  },
  workspace,
  languages: {
    match: (selector, document) => ([selector].flat().some((one) => one.scheme === document.uri.scheme) ? 10 : 0),
    createDiagnosticCollection: () => diagnostics,
  },
};

/** A part of the interface: what is called like an event is one, what registers remembers what it was given. */
const part = (object) =>
  new Proxy(object, {
    get(target, key) {
      if (key in target || typeof key !== "string") return target[key];
      if (/^on(Did|Will)/.test(key)) return event(key);
      if (/^register/.test(key)) return (...given) => ((registered[key] = given), nothing);
      return undefined;
    },
  });

/** Any other name is a class, and an enumeration whose words are themselves. */
const word = () =>
  new Proxy(class { constructor(...given) { this.given = given; } }, {
    get: (target, key) => (key in target || typeof key !== "string" ? target[key] : key),
  });

const vscode = new Proxy(known, {
  get(target, key) {
    if (["env", "window", "workspace", "languages"].includes(key)) return part(target[key]);
    if (key in target || typeof key !== "string" || key === "__esModule") return target[key];
    return (target[key] = word());
  },
});

const load = Module._load;
Module._load = (name, ...rest) => (name === "vscode" ? vscode : load(name, ...rest));

module.exports = { Position, Uri, documents, events, registered, said, settings, shown, workspace };
