#!/usr/bin/env node
// Runs the binary of this platform, which lies in an optional dependency of its own: npm fetches that one alone,
// and no script runs at installation.
"use strict";

const { spawnSync } = require("node:child_process");

const platform = `envgate-${process.platform}-${process.arch}`;
const file = process.platform === "win32" ? "envgate.exe" : "envgate";

let binary;
try {
  binary = require.resolve(`${platform}/bin/${file}`);
} catch {
  console.error(`error: the package ${platform} is not installed, so there is no envgate for this platform`);
  console.error("help: install without `--omit=optional`, or take another way: cargo install envgate, pip install envgate-cli");
  process.exit(2);
}

const { status, signal, error } = spawnSync(binary, process.argv.slice(2), { stdio: "inherit" });
if (error) {
  console.error(`error: cannot run ${binary}: ${error.message}`);
  process.exit(2);
}
if (signal) {
  process.kill(process.pid, signal);
}
process.exitCode = status ?? 2;
