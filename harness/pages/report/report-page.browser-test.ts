import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { loadPageAssets } from '../../page-assets/load-page-assets.ts';
import type { RunReport } from '../../report/schema.ts';
import { findAccessibilityFaults } from '../testing/accessibility.ts';
import type { ShownPage, ShowOptions } from '../testing/browser.ts';
import { PHONE, SCREEN, useBrowser } from '../testing/browser-fixture.ts';
import { createHostileReport } from '../testing/hostile-report.ts';
import { createGoodReport, createSampleReport } from '../testing/sample-report.ts';
import { linkTo, testAddress } from './addresses.ts';
import { renderReportPage } from './report-page.ts';

describe('The page of a report', () => {
  const fixture = useBrowser(loadPageAssets);

  function show(
    report: RunReport = createSampleReport(),
    options: Partial<ShowOptions> = {},
  ): Promise<ShownPage> {
    const html = renderReportPage({
      ...{ report, assets: fixture.assets, folder: '.' },
      logs: { logsOf: () => [], excerptOf: () => undefined, packs: [] },
      commandLine: (words) => ['scripts/kmx', ...words].join(' '),
    });
    return fixture.show([...html].join(''), options);
  }

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const viewport of [SCREEN, PHONE]) {
      it(`has nothing for axe to complain of when ${colorScheme}, ${viewport.width} pixels wide`, async () => {
        const { page } = await show(undefined, { colorScheme, viewport });
        await openAll(page);
        expect(await findAccessibilityFaults(page)).to.deep.equal([]);
      });
    }
  }

  it('fetches nothing and does nothing that its policy forbids', async () => {
    const { page, requests, complaints } = await show();
    await openAll(page);
    expect(requests).to.deep.equal([]);
    expect(complaints).to.deep.equal([]);
  });

  it('says in its first line how it went, in the words of every other report', async () => {
    const { page } = await show();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).to.match(
      /^Red: 1 new kernel-oops and 1 new agent-panic since 31 Jul in 3 cells, .*\. 1 known failure as expected\.$/,
    );
  });

  it('has what is new since the baseline first, and nothing else has its dark edge', async () => {
    const { page } = await show();
    const first = page.locator('main > section').first();
    expect(await first.getByRole('heading').first().textContent()).to.equal('Changed since 31 Jul');
    const dark = page.locator('.is-news');
    for (const one of await dark.all()) expect(await one.textContent()).to.match(/new|changed/);
    expect(await page.locator('#changed .is-news').count()).to.equal(2);
    expect(await page.locator('#matrix .is-news').count()).to.equal(3);
    expect(await page.locator('.problem.is-news').count()).to.equal(2);
  });

  it('has the whole width of a phone for what a kernel was made from', async () => {
    const sample = createSampleReport();
    const origin = Array.from({ length: 20 }, (_, part) => `linux-image-cloud-amd64-${part}`).join(
      ' ',
    );
    const report = { ...sample, kernels: sample.kernels.map((one) => ({ ...one, origin })) };
    const { page } = await show(report, { viewport: PHONE });
    const cell = page.locator('.origins td[data-label=From]').first();
    expect((await cell.boundingBox())?.width).to.be.above(PHONE.width * 0.8);
    expect(await page.evaluate('document.documentElement.scrollWidth')).to.equal(PHONE.width);
  });

  it('has no dark edge and nothing on a baseline if there was none', async () => {
    const { baseline: _, ...report } = createSampleReport();
    const { page } = await show(report);
    expect(await page.locator('.is-news, #changed').count()).to.equal(0);
    expect(await page.locator('main > section').first().getAttribute('id')).to.equal('expected');
  });

  it('says of a run without a fault that there is none, and has no empty parts', async () => {
    const { page } = await show(createGoodReport());
    expect(await page.getByRole('heading', { level: 1 }).textContent()).to.match(/^Green: /);
    const parts = page.getByRole('navigation').getByRole('link');
    expect(await parts.allTextContents()).to.deep.equal([
      'As expected',
      'Matrix',
      'Scenarios',
      'Cells and tests',
      'What the kernels offer',
      'Time',
      'What it was made from',
    ]);
  });

  it('leads from every link on it to something that is there', async () => {
    const { page } = await show();
    // Plain tests have ids once their cell has been opened, which the script does for an address, too.
    await page.evaluate(
      'for (const cell of document.querySelectorAll(".cell")) cell.open = true; new Promise((done) => requestAnimationFrame(() => setTimeout(done)))',
    );
    const dead = await page.evaluate<readonly string[]>(`[...document.links]
      .map((link) => link.getAttribute('href'))
      .filter((href) => href.startsWith('#'))
      .filter((href) => document.getElementById(decodeURIComponent(href.slice(1))) === null)`);
    expect(dead).to.deep.equal([]);
    const ids = await page.evaluate<readonly string[]>(
      "[...document.querySelectorAll('[id]')].map(({ id }) => id)",
    );
    expect(ids).to.have.length(new Set(ids).size);
  });

  it('shows each cell of the matrix with its verdict in a word and how many tests have it', async () => {
    const { page } = await show();
    const cell = page.locator('#matrix [data-cell="debian-6.12+default+v1+unguarded"]');
    expect(await cell.innerText()).to.match(/agent-panic 1\/4 new\n1 hang$/);
    await cell.getByRole('link').click();
    expect(await page.evaluate('decodeURIComponent(location.hash)')).to.equal(
      '#cell/debian-6.12+default+v1+unguarded',
    );
  });

  it('has for each crash the line that says it, its cells and tests, and how to see it again', async () => {
    const { page } = await show();
    const crash = page.locator('.problem', { hasText: 'unguarded.rs:73' }).first();
    expect(await crash.locator('mark').textContent()).to.contain('panicked at');
    expect(await crash.getByRole('link').allTextContents()).to.include.members([
      'debian-6.12+default+v1+unguarded',
      'cpuset › pins a container to one CPU',
    ]);
    expect(await crash.innerText()).to.contain(
      'scripts/kmx reproduce debian-6.12+default+v1+unguarded::cpuset/pinning.spec.ts cpuset pins a container to one CPU --signature s2-a93cd73b0867',
    );
  });

  it('has known failures folded, with a word on those that expire soon', async () => {
    const { page } = await show(undefined, { javaScriptEnabled: false });
    const known = page.locator('#expected .known');
    expect(await known.locator('li').isVisible()).to.equal(false);
    await known.getByText('1 expectation met, expiring soon').click();
    expect(await known.locator('li').innerText()).to.contain('expires in 8 days');
    expect(await known.getByRole('link').getAttribute('href')).to.equal(
      'https://example.org/issues/10603',
    );
  });

  it('lists what was skipped by reason, and which expectations do not hold', async () => {
    const { page } = await show();
    expect(await page.locator('#skipped tbody th').allTextContents()).to.deep.equal([
      'needs memory, which the guest does not offer',
    ]);
    const expected = await page.locator('#expected').innerText();
    expect(expected).to.contain('expectations.yaml:12');
    expect(expected).to.contain('no fail any more, delete it');
  });

  describe('on a phone', () => {
    for (const text of ['', 'x'.repeat(300)]) {
      it(`scrolls nothing sideways but its tables${text === '' ? '' : ', even with names that have no end'}`, async () => {
        const { page } = await show(createHostileReport(text), { viewport: PHONE });
        await openAll(page);
        expect(await page.evaluate('document.documentElement.scrollWidth')).to.equal(PHONE.width);
      });
    }

    it('keeps the names of rows in sight while the matrix is scrolled', async () => {
      const { page } = await show(undefined, { viewport: PHONE });
      await page.evaluate("document.querySelector('#matrix .scroll').scrollLeft = 300");
      const stub = await page.locator('#matrix tbody .stub').first().boundingBox();
      expect(stub?.x).to.be.within(0, 20);
    });
  });

  it('leads to a test that passed, in a cell that nobody has opened', async () => {
    const { page } = await show();
    const [passed] = createSampleReport().cells.flatMap(({ id, tests }) =>
      tests
        .filter(({ verdict, file }) => verdict === 'pass' && file !== 'boots')
        .map((test) => testAddress(id, test)),
    );
    await page.evaluate(`location.hash = ${JSON.stringify(linkTo(passed ?? ''))}`);
    const row = page.locator('.test.is-target');
    await row.waitFor();
    expect(await row.getAttribute('id')).to.equal(passed);
  });

  it('shows hostile texts as text, and nothing of them acts', async () => {
    const { page, requests, complaints } = await show(createHostileReport());
    await openAll(page);
    expect(requests).to.deep.equal([]);
    expect(complaints).to.deep.equal([]);
    expect(await page.evaluate('window.attacked')).to.equal(undefined);
    expect(
      await page.locator('body img, body iframe, [onload], [onerror], [style]').count(),
    ).to.equal(0);
    const schemes = await page.evaluate<readonly string[]>(
      '[...new Set([...document.links].map(({ protocol }) => protocol))]',
    );
    expect(schemes).to.have.members(['file:', 'https:']);
    expect(await page.content()).to.not.match(/[^\P{Cc}\n\t]|\u202e/u);
    expect(await page.locator('body').innerText()).to.contain('<img src=x onerror=');
  });

  it('prints without its contents, and with failures opened', async () => {
    const { page } = await show();
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.getByRole('navigation').isVisible()).to.equal(false);
    const ground = await page.evaluate(
      'getComputedStyle(document.documentElement).backgroundColor',
    );
    expect(ground).to.equal('rgb(255, 255, 255)');
  });
});

/** Everything that a reader can unfold, cells excepted: they have tests of their own. */
async function openAll(page: Page): Promise<void> {
  await page.evaluate(
    "for (const one of document.querySelectorAll('main section details')) one.open = true",
  );
}
