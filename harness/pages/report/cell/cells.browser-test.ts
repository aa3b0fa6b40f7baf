import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { loadPageAssets } from '../../../page-assets/load-page-assets.ts';
import { isAsExpected } from '../../../report/expected.ts';
import { newHitsOf } from '../../../report/new-hits.ts';
import type { RunReport } from '../../../report/schema.ts';
import { findAccessibilityFaults } from '../../testing/accessibility.ts';
import type { ShownPage, ShowOptions } from '../../testing/browser.ts';
import { PHONE, SCREEN, useBrowser } from '../../testing/browser-fixture.ts';
import { createSampleReport } from '../../testing/sample-report.ts';
import { cellAddress, linkTo, logLineAddress, testAddress } from '../addresses.ts';
import { renderReportPage } from '../report-page.ts';
import { gatherLogs, type ReadLog } from './gather-logs.ts';
import { scopeOf } from './page-scope.ts';

const report = createSampleReport();
const found = report.cells
  .flatMap((cell) => cell.tests.map((test) => ({ cell, test })))
  .find(({ test }) => test.verdict === 'agent-panic');
if (found?.test.guest === undefined) throw new Error('Expected the sample to have a panic');
const { cell, test } = found;
const guest = found.test.guest;
const [finding] = test.findings;
if (finding === undefined) throw new Error('Expected the panic to be found');

/** What would act if it were taken for more than text. */
const HOSTILE =
  '</script><img src=x onerror="window.attacked=1"> \u001b[31mred\u001b[0m \u0000\u202etxt.exe';
const LINES = 300;

/** Finding at its byte, hostile lines behind it. */
const SAID = [
  ' '.repeat(Math.max(0, finding.start - 1)),
  finding.excerpt,
  ...Array.from({ length: LINES }, (_, line) => `${line} ${HOSTILE}`),
].join('\n');

const readAll: ReadLog = (path) =>
  path.at(-1)?.endsWith('.log') === true ? new TextEncoder().encode(SAID) : undefined;

/** Of a place, as it stands behind `#` in an address. */
const placeOf = (address: string): string => linkTo(address).slice(1);

describe('Cells and tests on the page of a report', () => {
  const fixture = useBrowser(loadPageAssets);

  function show(options: Partial<ShowOptions> = {}, shown: RunReport = report): Promise<ShownPage> {
    const logs = gatherLogs({ report: shown, scope: scopeOf(shown), read: readAll, folder: '.' });
    const pieces = renderReportPage({
      ...{ report: shown, assets: fixture.assets, folder: '.', logs },
      commandLine: (words) => ['scripts/kmx', ...words].join(' '),
    });
    return fixture.show([...pieces].join(''), options);
  }

  const cellOf = (page: Page) => page.locator(`[id="${cellAddress(cell.id)}"]`);
  const testOf = (page: Page) => page.locator(`[id="${testAddress(cell.id, test)}"]`);
  /** Plain tests are rows only once their cell is opened. */
  const visibleTests = async (page: Page) => {
    await page.evaluate(
      'for (const cell of document.querySelectorAll(".cell")) cell.open = true; new Promise((done) => requestAnimationFrame(() => setTimeout(done)))',
    );
    return page
      .locator('li.test:not([hidden])')
      .evaluateAll((tests) => tests.filter((one) => one.closest('[hidden]') === null).length);
  };

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const viewport of [SCREEN, PHONE]) {
      it(`has nothing for axe to complain of with everything open, when ${colorScheme}, ${viewport.width} pixels wide`, async () => {
        // Axe does not see what a scrolled box hides.
        const place = placeOf(logLineAddress(cell.id, guest, 'agent-stderr', 12));
        const { page } = await show({ colorScheme, viewport, place });
        await page.locator('#log-pane').waitFor();
        await page.evaluate(
          'document.querySelectorAll(".cell, .cell details").forEach((one) => { one.open = true; })',
        );
        expect(await findAccessibilityFaults(page, ['#log-pane'])).to.deep.equal([]);
        await page.keyboard.press('Escape');
        expect(await findAccessibilityFaults(page, ['.cell', '#filters'])).to.deep.equal([]);
      });
    }
  }

  it('opens the test that an address leads to, with its evidence', async () => {
    const { page } = await show({ place: placeOf(testAddress(cell.id, test)) });
    const detail = testOf(page).locator('.detail');
    expect(await detail.isVisible()).to.equal(true);
    expect(await detail.locator('.is-deciding').innerText()).to.contain('panicked');
    expect(await detail.locator('.copyable').last().innerText())
      .to.match(/^scripts\/kmx reproduce /)
      .and.to.contain(`${cell.id}::${test.file}`);
  });

  it('opens the line of a log that an address leads to, and goes back from there', async () => {
    const { page, requests, complaints } = await show({
      place: placeOf(logLineAddress(cell.id, guest, 'agent-stderr', 200)),
    });
    const line = page.locator('.log-line.is-target');
    await line.waitFor();
    expect(await line.getAttribute('data-line')).to.equal('200');
    expect(await line.isVisible()).to.equal(true);
    expect(await cellOf(page).getAttribute('open')).to.equal('');
    await page.keyboard.press('Escape');
    expect(await page.locator('#log-pane').isVisible()).to.equal(false);
    expect(await page.evaluate('location.hash')).to.equal(linkTo(cellAddress(cell.id)));
    expect(requests).to.deep.equal([]);
    expect(complaints).to.deep.equal([]);
  });

  it('leads from a finding to the same line of its log, and Back leads back', async () => {
    const place = placeOf(testAddress(cell.id, test));
    const { page } = await show({ place });
    await testOf(page).locator('.is-deciding a').click();
    const line = page.locator('.log-line.is-target');
    await line.waitFor();
    expect(await line.getAttribute('class')).to.contain('is-deciding');
    expect(await line.innerText()).to.contain('panicked');
    await page.goBack();
    await page.locator('#log-pane').waitFor({ state: 'hidden' });
    expect(await page.evaluate('location.hash')).to.equal(`#${place}`);
    expect(await testOf(page).locator('.detail').isVisible()).to.equal(true);
  });

  it('shows what guests said as text, and nothing of it acts', async () => {
    const place = placeOf(logLineAddress(cell.id, guest, 'agent-stderr', 100));
    const { page, requests, complaints } = await show({ place });
    await page.locator('.log-line.is-target').waitFor();
    const text = await page.locator('.log-body').innerText();
    expect(text).to.contain('</script><img src=x').and.to.contain(' red \\x00\\u{202e}txt.exe');
    expect(text).to.not.match(/[^\P{Cc}\n\t]|\u202e/u);
    expect(await page.evaluate('window.attacked')).to.equal(undefined);
    expect(requests).to.deep.equal([]);
    expect(complaints).to.deep.equal([]);
  });

  it('copies a command', async () => {
    const { page } = await show({
      place: placeOf(testAddress(cell.id, test)),
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await testOf(page).getByRole('button', { name: 'Copy' }).last().click();
    await testOf(page).getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).to.match(
      /^scripts\/kmx reproduce .+ --signature s2-\w+$/,
    );
  });

  describe('its filters', () => {
    const tests = report.cells.flatMap((one) => one.tests);

    it('leave the tests that have all that was chosen, and say how many', async () => {
      const { page } = await show();
      await page.locator('#filter-verdict').selectOption('agent-panic');
      const panics = tests.filter(({ verdict }) => verdict === 'agent-panic').length;
      expect(await visibleTests(page)).to.equal(panics);
      expect(await page.locator('#filters output').innerText()).to.contain(`${panics} found`);
      await page.locator('#filter-kernel').selectOption(cell.kernel);
      await page.locator('#filter-cgroup').selectOption(cell.cgroup);
      await page.locator('#filter-agent').selectOption(cell.agent);
      await page.locator('#search').fill(test.title.toUpperCase());
      expect(await visibleTests(page)).to.equal(1);
      expect(await testOf(page).isVisible()).to.equal(true);
    });

    it('are kept in the address, beside the place, and apply when it is opened', async () => {
      const first = await show();
      await first.page.locator('#filter-verdict').selectOption('agent-panic');
      await first.page.locator('#only-known').check();
      await first.page
        .locator(`a[href="${linkTo(cellAddress(cell.id))}"]`)
        .first()
        .click();
      const place = await first.page.evaluate<string>('location.hash.slice(1)');
      expect(place).to.equal(`${placeOf(cellAddress(cell.id))}?verdict=agent-panic&known=on`);
      const { page } = await show({ place });
      expect(await visibleTests(page)).to.equal(await visibleTests(first.page));
      expect(await page.locator('#only-known').isChecked()).to.equal(true);
    });

    it('give way to an address that leads to what they hide', async () => {
      const { page } = await show();
      await page.locator('#search').fill('no such test');
      expect(await page.getByText('No test matches.').isVisible()).to.equal(true);
      await page.evaluate(`location.hash = ${JSON.stringify(placeOf(testAddress(cell.id, test)))}`);
      await testOf(page).locator('.detail').waitFor();
      expect(await page.locator('#search').inputValue()).to.equal('');
    });

    it('are all taken back by one button', async () => {
      const { page } = await show({ place: '?search=panics&verdict=agent-panic' });
      await page.getByRole('button', { name: 'Show all' }).click();
      expect(await visibleTests(page)).to.equal(tests.length);
      expect(await page.evaluate('location.hash')).to.equal('');
    });
  });

  it('calls new what is new since the baseline, and unexpected what was not expected', async () => {
    const newTests = newHitsOf(report);
    const unexpected = report.cells.flatMap(({ tests: own }) =>
      own.filter((one) => !isAsExpected(one)),
    ).length;
    expect(newTests.size).to.be.within(1, unexpected - 1);
    const { page } = await show();
    const isNew = page.locator('.test.is-new');
    expect(await isNew.count()).to.equal(
      [...newTests].filter((key) => !key.endsWith('\n\n')).length,
    );
    expect(await page.locator('.trait.is-new').count()).to.equal(await isNew.count());
    expect(await page.locator('.test.is-unexpected').count()).to.equal(unexpected);
    await page.getByLabel('new', { exact: true }).check();
    expect(await visibleTests(page)).to.be.at.least(await isNew.count());
    const { baseline: _, ...alone } = report;
    const other = await show({}, alone);
    expect(await other.page.locator('.is-new, #only-new').count()).to.equal(0);
    expect(await other.page.locator('.trait.is-unexpected').count()).to.equal(unexpected);
  });

  it('leads through what was not expected with the keyboard alone', async () => {
    const { page } = await show();
    const focused = () => page.evaluate<string>('document.activeElement.id');
    await page.keyboard.press('j');
    const first = await focused();
    expect(await page.locator(`[id="${first}"]`).getAttribute('class')).to.contain('is-unexpected');
    await page.keyboard.press('j');
    const second = await focused();
    expect(second).to.not.equal(first);
    await page.keyboard.press('k');
    expect(await focused()).to.equal(first);
    expect(await page.locator(`[id="${first}"] > details`).getAttribute('open')).to.equal('');
    await page.keyboard.press('/');
    expect(await focused()).to.equal('search');
  });

  describe('without a script', () => {
    it('has every test and its evidence, and links to the files of logs', async () => {
      const { page } = await show({ javaScriptEnabled: false });
      await cellOf(page).locator('summary').first().click();
      await testOf(page).locator('summary').first().click();
      expect(await testOf(page).locator('.is-deciding').isVisible()).to.equal(true);
      const log = testOf(page).getByRole('link', { name: 'agent-stderr' }).first();
      expect(await log.getAttribute('href')).to.equal(
        `./cells/${encodeURIComponent(cell.id)}/guest-${guest}/agent-stderr.log`,
      );
      for (const control of ['#filters', '.copy', '#log-pane'])
        expect(await page.locator(control).first().isVisible(), control).to.equal(false);
    });
  });

  it('needs no scrolling sideways on a phone, even for a test that is open', async () => {
    const { page } = await show({
      viewport: PHONE,
      place: placeOf(testAddress(cell.id, test)),
    });
    expect(await page.evaluate('document.documentElement.scrollWidth')).to.equal(PHONE.width);
  });

  it('prints what was not expected with its evidence, and good tests not at all', async () => {
    const { page } = await show();
    await page.emulateMedia({ media: 'print' });
    const bad = page.locator('.test.is-unexpected .detail').first();
    expect(await bad.isVisible()).to.equal(true);
    expect(await page.locator('.test:not(.is-bad)').first().isVisible()).to.equal(false);
    expect(await page.locator('#filters').isVisible()).to.equal(false);
  });
});
