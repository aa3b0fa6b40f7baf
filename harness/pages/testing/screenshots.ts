/** `scripts/screenshots PAGE.html FOLDER`: how a page looks on a screen, on a phone and on paper. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { launchBrowser } from './browser.ts';

const WIDTHS = [1400, 400];
const SCHEMES = ['light', 'dark'] as const;

const [pagePath, folder] = process.argv.slice(2);
if (pagePath === undefined || folder === undefined) {
  process.stderr.write('usage: scripts/screenshots PAGE.html FOLDER\n');
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
const browser = await launchBrowser();
for (const colorScheme of SCHEMES) {
  for (const width of WIDTHS) {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
    const page = await context.newPage();
    await page.goto(pathToFileURL(resolve(pagePath)).href);
    const path = join(folder, `${width}-${colorScheme}.png`);
    await page.screenshot({ path, fullPage: true });
    process.stdout.write(`${path}\n`);
    if (width === WIDTHS[0] && colorScheme === 'light') {
      await page.pdf({ path: join(folder, 'paper.pdf'), preferCSSPageSize: true });
    }
    await context.close();
  }
}
await browser.close();
