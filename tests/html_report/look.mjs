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
  await page.screenshot({ path: `${folder}/${lang}-${width}-${colorScheme}.png` });
  assert.deepEqual(wrong, [], "nothing fails");
  assert.equal(asked.length, 1, `only the page itself is asked for: ${asked}`);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(over <= 0, `${lang} at ${width} columns runs ${over} pixels over the edge`);
  return page;
}

const words = { en: ["What to do", "Where", "Show all"], es: ["Qué hacer", "Dónde", "Mostrar todo"] };
const numbers = async (page) => (await page.textContent("#shown")).match(/\d+/g).map(Number);
// What can be clicked or read at the top, by pairs that share a pixel.
const overlaps = (page) => page.evaluate(() => {
  const all = [...document.querySelectorAll("header > *, #filters > label, #filters > fieldset, #filters > button, #shown")]
    .map((one) => {
      const range = document.createRange();
      range.selectNodeContents(one);
      return { name: one.id || one.className || one.tagName, box: (one.id === "theme" ? one : range).getBoundingClientRect() };
    });
  const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  return all.flatMap((a, at) => all.slice(at + 1).filter((b) => meet(a.box, b.box)).map((b) => `${a.name} and ${b.name}`));
});
const shown = (page) => page.locator("article:visible").count();
const background = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
const light = (colour) => colour.match(/\d+/g).map(Number).reduce((sum, part) => sum + part) > 384;

for (const lang of ["en", "es"]) {
  for (const width of [390, 1200]) {
    for (const scheme of ["light", "dark"]) {
      const page = await open(lang, width, scheme);
      assert.equal(light(await background(page)), scheme === "light");
      assert.equal(await page.getAttribute("html", "lang"), lang);
      const body = await page.textContent("body");
      for (const word of words[lang]) assert.ok(body.includes(word), `${lang}: ${word}`);
      assert.deepEqual(await overlaps(page), [], "nothing lies over another thing");
      await page.click("#theme");
      assert.equal(light(await background(page)), scheme === "dark", "the button turns it");
      const [all, total] = await numbers(page);
      assert.ok(all === total && all > 40 && (await shown(page)) === all, `${all} of ${total}`);
      await page.keyboard.press("/");
      await page.keyboard.type("SECRET_KEY");
      const [some] = await numbers(page);
      assert.ok(some > 0 && some < all && (await shown(page)) === some, `${some} speak of it`);
      await page.screenshot({ path: `${folder}/${lang}-${width}-${scheme}-filtered.png` });
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

// What stands in files runs nowhere, and the policy lets the page's own script run, which shows the form and counts.
const hostile = await open("hostile", 1200, "light");
assert.equal(await hostile.textContent("#shown"), "3 of 3 shown");
assert.equal(await hostile.title(), "envgate: 3 errors");
assert.ok(await hostile.isVisible("#filters"), "the form is hidden");
assert.equal(await hostile.locator("img, [onload], [onerror]").count(), 0);
assert.equal(await hostile.locator("script").count(), 1);
assert.ok((await hostile.textContent("main")).includes("<img src=x onerror="), "the name is told as it is");
await browser.close();
console.log(`looked at 9 pages; the pictures lie in ${folder}`);
