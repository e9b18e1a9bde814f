// Looks at the HTML report in a browser: nothing is asked of a network, nothing fails, nothing runs over the edge,
// the filter filters, dark is dark. Not here: making the report.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const [folder, executablePath] = process.argv.slice(2);
const args = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];
const browser = await chromium.launch({ executablePath, args });

async function open(lang, width, colorScheme) {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  const asked = [], wrong = [];
  page.on("request", (request) => asked.push(request.url()));
  page.on("pageerror", (error) => wrong.push(error.message));
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && wrong.push(message.text()));
  await page.goto(`file://${folder}/${lang}.html`);
  await page.screenshot({ path: `${folder}/${lang}-${width}-${colorScheme}.png`, fullPage: true });
  assert.deepEqual(wrong, [], "nothing fails");
  assert.equal(asked.length, 1, `only the page itself is asked for: ${asked}`);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(over <= 0, `${lang} at ${width} columns runs ${over} pixels over the edge`);
  return page;
}

const numbers = async (page) => (await page.textContent("#shown")).match(/\d+/g).map(Number);
const shown = (page) => page.locator("article:visible").count();
const background = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
const light = (colour) => colour.match(/\d+/g).map(Number).reduce((sum, part) => sum + part) > 384;

for (const lang of ["en", "es"]) {
  for (const width of [390, 1200]) {
    for (const scheme of ["light", "dark"]) {
      const page = await open(lang, width, scheme);
      assert.equal(light(await background(page)), scheme === "light");
      await page.click("#theme");
      assert.equal(light(await background(page)), scheme === "dark", "the button turns it");
      const [all, total] = await numbers(page);
      assert.ok(all === total && all > 40 && (await shown(page)) === all, `${all} of ${total}`);
      await page.keyboard.press("/");
      await page.keyboard.type("SECRET_KEY");
      const [some] = await numbers(page);
      assert.ok(some > 0 && some < all && (await shown(page)) === some, `${some} speak of it`);
      await page.keyboard.press("Escape");
      await page.uncheck("input[value=error]");
      const [warnings] = await numbers(page);
      assert.ok(warnings > 0 && warnings < all && (await page.locator("article[data-severity=error]:visible").count()) === 0);
      await page.click("button[type=reset]");
      await page.waitForFunction((all) => document.querySelectorAll("article:not([hidden])").length === all, all);
      await page.click("a[data-rule=CMP002]");
      await page.waitForFunction(() => [...document.querySelectorAll("article:not([hidden])")].every((one) => one.dataset.rule === "CMP002"));
      assert.ok((await shown(page)) > 0);
      assert.equal(await page.locator(":focus-visible").count() <= 1, true);
      await page.close();
    }
  }
}
await browser.close();
console.log(`looked at 8 pages; the pictures lie in ${folder}`);
