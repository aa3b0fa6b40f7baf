/** What every test of a page in a browser needs: the browser, the page's style and script, a folder. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import type { PageAssets } from '../page.ts';
import { launchBrowser, type ShownPage, type ShowOptions, showPage } from './browser.ts';

/** Viewports, in pixels. */
export const SCREEN = { width: 1400, height: 900 };
export const PHONE = { width: 400, height: 800 };

export interface BrowserFixture {
  /** Only within a test. */
  readonly assets: PageAssets;
  /** Shows a page, on a screen unless it is told otherwise. It is closed after the test. */
  show(html: string, options: Partial<ShowOptions>): Promise<ShownPage>;
}

/**
 * Sets up the tests of the `describe` that it is called in.
 * @param loadAssets `loadPageAssets`, which this room may not import.
 */
export function useBrowser(loadAssets: () => Promise<PageAssets>): BrowserFixture {
  let browser: Browser;
  let assets: PageAssets;
  let folder: string;
  before(async () => {
    assets = await loadAssets();
    browser = await launchBrowser();
  });
  after(() => browser.close());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kmx-pages-'));
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    rmSync(folder, { recursive: true });
  });
  return {
    get assets() {
      return assets;
    },
    show: (html, options) => showPage(browser, html, { folder, viewport: SCREEN, ...options }),
  };
}
