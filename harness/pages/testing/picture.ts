/** `scripts/picture PAGE.html FILE.png`: the first screen of a page, as the README shows it. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { launchBrowser } from './browser.ts';

const VIEWPORT = { width: 1100, height: 800 };

const [page, file] = process.argv.slice(2);
if (page === undefined || file === undefined) {
  process.stderr.write('usage: scripts/picture PAGE.html FILE.png\n');
  process.exit(2);
}
const browser = await launchBrowser();
const shown = await browser.newPage({ colorScheme: 'light', viewport: VIEWPORT });
await shown.goto(pathToFileURL(resolve(page)).href);
await shown.screenshot({ path: file });
await browser.close();
process.stdout.write(`${file}\n`);
