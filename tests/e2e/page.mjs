// Opens a page in Chromium as a reader would and prints what was seen, as JSON. tests/e2e/test_page.py judges it.
// Usage: node page.mjs PAGE light|dark
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { openBrowser } from "./browser.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const [path, colorScheme] = process.argv.slice(2);
const address = pathToFileURL(path).href;
const { context, close } = await openBrowser({ colorScheme, reducedMotion: "reduce", acceptDownloads: true });
const seen = { console: [], requests: [], dialogs: [], axe: {}, overflow: {} };

function watch(page) {
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && seen.console.push(message.text()));
  page.on("pageerror", (error) => seen.console.push(String(error)));
  page.on("request", (request) => seen.requests.push(request.url().split("#")[0]));
  page.on("dialog", (dialog) => {
    seen.dialogs.push(dialog.message());
    dialog.dismiss();
  });
}

const ready = (page, part) => page.waitForFunction((text) => (document.documentElement.dataset.ready ?? "").includes(text), part);
const row = (page, table, name) =>
  page.evaluate(
    ([table, name]) => {
      const found = [...document.querySelectorAll(`#table-${table} tbody tr`)].find((row) => row.cells[0].innerText.trim() === name);
      return found ? [...found.cells].map((cell) => cell.textContent.replaceAll("\u00a0", " ").replace(/( \[\d+\])+$/, "")) : null;
    },
    [table, name],
  );
const texts = (page, selector) => page.$$eval(selector, (found) => found.map((box) => box.textContent));

async function csv(page, table) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator(`[data-csv="${table}"]`).press("Enter")]);
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), "utf8") };
}

async function judged(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => axe.run());
  return violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map((node) => node.html.slice(0, 200)) }));
}

try {
  const page = await context.newPage();
  watch(page);
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.goto(`${address}#partner=KOR`);
  await ready(page, "KOR");
  seen.ready_ms = await page.evaluate(() => performance.now());
  seen.title = await page.title();
  seen.ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  seen.marks = await page.locator("#chart-rates svg path").count();
  seen.chart_label = await page.locator("#chart-rates").getAttribute("aria-label");
  seen.pictures = [];
  for (const name of ["promises", "cars"]) {
    seen.pictures.push({
      title: await page.locator(`#found-${name}`).textContent(),
      label: await page.locator(`#chart-${name}`).getAttribute("aria-label"),
      marks: await page.locator(`#chart-${name} svg path`).count(),
    });
  }
  seen.links = await page.$$eval("a[href]", (links) => [...new Set(links.map((link) => link.protocol))]);
  seen.handlers = await page.evaluate(() => [...document.querySelectorAll("*")].filter((box) => [...box.attributes].some((a) => a.name.startsWith("on"))).length);

  const korea = await page.locator("#partner-name").textContent();
  seen.cars_today = await row(page, "rates", "Passenger cars");
  await page.locator("#known").fill("2025-11-20");
  await page.locator("#known").dispatchEvent("change");
  await ready(page, "KOR 2025-11-20");
  seen.cars_then = await row(page, "rates", "Passenger cars");
  seen.glance_then = await row(page, "glance", korea);
  seen.said = await page.locator("#said").textContent();
  await page.locator("#later").press("Enter");
  await page.waitForFunction(() => document.getElementById("known").value > "2025-11-20");
  seen.next_day = await page.locator("#known").inputValue();
  await page.locator("#earlier").press("Enter");
  await page.waitForFunction((day) => document.getElementById("known").value < day, seen.next_day);

  await page.locator("#partner").selectOption("GBR");
  await ready(page, "GBR");
  seen.empty = {
    text: await page.locator("#table-pledges .nothing").textContent(),
    has_headings: await page.locator("#table-pledges thead").isVisible(),
  };
  await page.locator("#partner").selectOption("JPN");
  await ready(page, "JPN");
  seen.partner = await page.locator("#partner-name").textContent();
  seen.address = new URL(page.url()).hash;
  await page.locator("#known").fill("2026-11-23");
  await page.locator("#known").dispatchEvent("change");
  await ready(page, "JPN 2026-11-23");
  seen.delivery_marks = await page.locator("#chart-delivery svg path").count();
  await page.locator("#scope").selectOption("light-trucks");
  await ready(page, "light-trucks");
  seen.history = await texts(page, "#table-history tbody tr");

  const head = page.locator('[data-table="glance"][data-place="2"]');
  seen.sorting = [];
  for (const key of ["Enter", "Space"]) {
    await head.focus();
    await page.keyboard.press(key);
    seen.sorting.push({
      aria: await page.locator("#table-glance thead th").nth(2).getAttribute("aria-sort"),
      values: (await texts(page, "#table-glance tbody tr td:nth-child(3)")).map((text) => parseFloat(text)),
    });
  }
  seen.glance_csv = await csv(page, "glance");
  seen.pledges_csv = await csv(page, "pledges");

  await page.locator("#table-glance .named", { hasText: korea }).first().press("Enter");
  await page.waitForFunction(() => document.activeElement.id === "detail");
  seen.opened = { partner: await page.locator("#partner-name").textContent(), focus: await page.evaluate(() => document.activeElement.id) };

  for (const width of [1280, 768, 390]) {
    await page.setViewportSize({ width, height: 900 });
    await page.waitForTimeout(300);
    seen.overflow[width] = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    await page.$$eval("details", (found) => found.forEach((box) => (box.open = true)));
    seen.axe[width] = await judged(page);
  }
} finally {
  await close();
}
console.log(JSON.stringify(seen));
