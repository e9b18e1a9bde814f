// Prints what dotenv, dotenv-expand, dotenvx and node's own parser make of the env files named on the command
// line, behind the folder of their packages. One JSON object a line: the loader, the file, and its values, or
// null where the loader throws.
const fs = require('node:fs');
const path = require('node:path');
const { parseEnv } = require('node:util');

const [packages, ...files] = process.argv.slice(2);
const from = (name) => require(path.join(packages, name));
const major = Number(process.versions.node.split('.')[0]);
const outside = { ...process.env };

const loaders = { [`node${major}`]: (text) => parseEnv(text) };
if (packages !== '-') {
  const dotenv = from('dotenv');
  const { expand } = from('dotenv-expand');
  const dotenvx = from('@dotenvx/dotenvx');
  loaders['node-dotenv'] = (text) => dotenv.parse(text);
  loaders['dotenv-expand'] = (text) => expand({ processEnv: { ...outside }, parsed: dotenv.parse(text) }).parsed;
  loaders.dotenvx = (text) => dotenvx.parse(text, { processEnv: { ...outside } });
}
// They say on the console what they think of a file.
console.error = () => {};
const print = console.log;
console.log = () => {};
console.warn = () => {};

for (const file of files) {
  const text = fs.readFileSync(file, 'utf8');
  for (const [loader, load] of Object.entries(loaders)) {
    let values = null;
    try {
      values = { ...load(text) };
    } catch {}
    print(JSON.stringify({ loader, file, values }));
  }
}
