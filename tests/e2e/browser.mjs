// Starts Chromium for a reader of pages on disk, with a profile of its own that goes with it.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const BROWSERS = ["/usr/bin/chromium", "/usr/bin/google-chrome"];
const QUIET = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

export async function openBrowser(options = {}) {
  const profile = mkdtempSync(join(tmpdir(), "page-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM || BROWSERS.find(existsSync),
    args: QUIET.split(" "),
    ...options,
  });
  context.on("close", () => rmSync(profile, { recursive: true, force: true }));
  return context;
}
