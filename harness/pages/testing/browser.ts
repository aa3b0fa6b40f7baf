/** A real Chromium that shows pages from disk, as a reader would. */
import { existsSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const PROGRAM = 'chromium';

/**
 * The host's own Chromium, which scripts/setup installs. It refuses to run as root inside of its
 * sandbox, and all that it is shown are our own pages.
 */
export function launchBrowser(): Promise<Browser> {
  const folders = process.env.PATH?.split(delimiter) ?? [];
  const executablePath = folders.map((folder) => join(folder, PROGRAM)).find(existsSync);
  if (executablePath === undefined)
    throw new Error(`${PROGRAM} is missing: run scripts/setup tests`);
  return chromium.launch({
    executablePath,
    chromiumSandbox: process.getuid?.() !== 0,
  });
}

export interface ShownPage {
  readonly page: Page;
  /** Everything that the page tried to fetch, itself excepted. */
  readonly requests: readonly string[];
  /** What the console has of errors and warnings, such as of things that the policy forbade. */
  readonly complaints: readonly string[];
}

export interface ShowOptions extends BrowserContextOptions {
  /** Where the page is written. */
  readonly folder: string;
  /** After `#`. */
  readonly place?: string;
}

/** Writes a page and opens it in a context of its own. */
export async function showPage(
  browser: Browser,
  html: string,
  { folder, place, ...options }: ShowOptions,
): Promise<ShownPage> {
  const file = join(folder, 'page.html');
  writeFileSync(file, html);
  const address = pathToFileURL(file).href;
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => {
    if (request.url().split('#')[0] !== address) requests.push(request.url());
  });
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => void complaints.push(error.message));
  await page.goto(place === undefined ? address : `${address}#${place}`);
  return { page, requests, complaints };
}
