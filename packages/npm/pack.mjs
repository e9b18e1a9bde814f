// node packages/npm/pack.mjs DIST OUT: from the archives in DIST (see packages/archive) the npm packages: one for
// each platform in OUT/platforms, and the one that asks for them in OUT.
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

// The first target that was built counts; musl needs no libc, so it runs on every Linux.
const PLATFORMS = {
  "linux-x64": ["x86_64-unknown-linux-musl", "x86_64-unknown-linux-gnu"],
  "linux-arm64": ["aarch64-unknown-linux-musl", "aarch64-unknown-linux-gnu"],
  "darwin-x64": ["x86_64-apple-darwin"],
  "darwin-arm64": ["aarch64-apple-darwin"],
  "win32-x64": ["x86_64-pc-windows-msvc"],
};

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../..");
const [dist, out] = process.argv.slice(2).map((path) => resolve(path));
if (!dist || !out) {
  console.error("usage: node packages/npm/pack.mjs DIST OUT");
  process.exit(2);
}
const version = /^version = "(.*)"$/m.exec(readFileSync(join(root, "Cargo.toml"), "utf8"))[1];
const main = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));
const work = mkdtempSync(join(tmpdir(), "envgate-npm-"));

function pack(folder, into) {
  mkdirSync(into, { recursive: true });
  const made = execFileSync("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", into], {
    cwd: folder,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  console.log(join(into, made.trim()));
}

function write(folder, manifest) {
  for (const licence of ["LICENSE-MIT", "LICENSE-APACHE"]) {
    cpSync(join(root, licence), join(folder, licence));
  }
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

try {
  const optionalDependencies = {};
  for (const [platform, targets] of Object.entries(PLATFORMS)) {
    const named = targets.map((target) => `envgate-${version}-${target}`);
    const name = named.find((name) => existsSync(join(dist, `${name}.tar.gz`)));
    optionalDependencies[`envgate-${platform}`] = version;
    if (!name) {
      console.error(`note: there is no archive for ${platform}`);
      continue;
    }
    const [os, cpu] = platform.split("-");
    const file = os === "win32" ? "envgate.exe" : "envgate";
    const folder = join(work, platform);
    mkdirSync(join(folder, "bin"), { recursive: true });
    execFileSync("tar", ["-xzf", join(dist, `${name}.tar.gz`), "-C", folder, `${name}/${file}`]);
    renameSync(join(folder, name, file), join(folder, "bin", file));
    rmSync(join(folder, name), { recursive: true });
    chmodSync(join(folder, "bin", file), 0o755);
    write(folder, {
      name: `envgate-${platform}`,
      version,
      description: `The envgate binary for ${os} on ${cpu}`,
      license: main.license,
      files: ["bin"],
      os: [os],
      cpu: [cpu],
    });
    pack(folder, join(out, "platforms"));
  }
  const folder = join(work, "main");
  cpSync(join(here, "bin"), join(folder, "bin"), { recursive: true });
  cpSync(join(root, "README.md"), join(folder, "README.md"));
  write(folder, { ...main, version, optionalDependencies });
  pack(folder, out);
} finally {
  rmSync(work, { recursive: true, force: true });
}
