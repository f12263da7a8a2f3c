// Searches the site from disk as a reader would, opens what it finds and dbt's catalogue, and prints what was seen, as JSON.
// tests/e2e/test_site.py judges it. Usage: node site.mjs FOLDER WORDS
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { openBrowser } from "./browser.mjs";

const [folder, words] = process.argv.slice(2);
const address = (page) => pathToFileURL(join(folder, page)).href;
const seen = { console: [], requests: [] };
const { context, close } = await openBrowser();
const page = await context.newPage();
page.on("pageerror", (error) => seen.console.push(String(error)));
page.on("request", (request) => seen.requests.push(request.url()));

try {
  await page.goto(address("index.html"));
  await page.locator(".md-search__input").click();
  await page.keyboard.type(words);
  const found = page.locator(".md-search-result__link");
  await found.first().waitFor();
  seen.found = await found.evaluateAll((links) => links.map((link) => link.getAttribute("href").split("?")[0].split("/site/").pop()));
  await found.first().click();
  await page.waitForLoadState();
  seen.opened = await page.locator("article").innerText();

  await page.goto(`${address("catalogue.html")}#!/model/model.trade_deals.metric_pledge_burdens`);
  await page.getByText("metric_pledge_burdens").first().waitFor();
  seen.catalogue = await page.locator("body").innerText();
} finally {
  await close();
}
console.log(JSON.stringify(seen));
