import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

/** Axe cannot see colours through what overlaps, nor of what is scrolled out of sight or not yet laid out. */
const UNSTICK = `for (const { style } of document.querySelectorAll(
  'thead, thead th, table, summary, .stub',
)) style.position = 'static';
for (const { style } of document.querySelectorAll('.scroll')) style.overflow = 'visible';
for (const { style } of document.querySelectorAll('.cell, .log-chunk')) {
  style.contentVisibility = 'visible';
}`;

/** Symbols are decoration: the word beside each has the same colour, which axe can judge. */
const IS_SYMBOL = /class="symbol"/;

/** Of one character: line numbers have the same colours whether they have one digit or two. */
const TOO_SHORT = 'too short to determine';

/**
 * What axe finds wrong with a page, one line each; what it is unsure of counts, too.
 * @param within CSS selectors of the parts to look at; none: the whole page.
 */
export async function findAccessibilityFaults(
  page: Page,
  within: readonly string[] = [],
): Promise<readonly string[]> {
  await page.evaluate(UNSTICK);
  await page.evaluate(axe.source);
  const { violations, incomplete } = await page.evaluate<AxeResults>(
    within.length === 0 ? 'axe.run(document)' : `axe.run(${JSON.stringify({ include: within })})`,
  );
  return [...violations, ...incomplete].flatMap(({ id, help, nodes }) =>
    nodes
      .filter(({ failureSummary = '' }) => !failureSummary.includes(TOO_SHORT))
      .filter(({ html }) => id !== 'color-contrast' || !IS_SYMBOL.test(html.slice(0, 30)))
      .map(({ html, failureSummary }) => `${id}: ${help}: ${html}\n${failureSummary}`),
  );
}
