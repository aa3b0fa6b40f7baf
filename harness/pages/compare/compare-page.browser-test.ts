import { expect } from 'chai';
import type { Page } from 'playwright-core';
import type { Comparison } from '../../compare/comparison.ts';
import { loadPageAssets } from '../../page-assets/load-page-assets.ts';
import { findAccessibilityFaults } from '../testing/accessibility.ts';
import type { ShownPage, ShowOptions } from '../testing/browser.ts';
import { PHONE, SCREEN, useBrowser } from '../testing/browser-fixture.ts';
import { createHostileComparison } from '../testing/hostile-comparison.ts';
import { createSampleComparison, widen } from '../testing/sample-comparison.ts';
import { renderComparePage } from './compare-page.ts';

/** Of a column. */
function cellsOf({ groups, same = [] }: Comparison, column: number): ReadonlySet<string> {
  const places = [...groups, ...same].flatMap((group) => group.places);
  return new Set(places.flatMap(({ cells }) => cells[column] ?? []));
}

describe('The page of kmx compare', () => {
  const fixture = useBrowser(loadPageAssets);

  function show(
    comparison: Comparison = createSampleComparison(),
    options: Partial<ShowOptions> = {},
  ): Promise<ShownPage> {
    const html = renderComparePage({
      comparison,
      assets: fixture.assets,
      folders: comparison.columns.map(() => '../the run'),
      logged: comparison.columns.map((_, index) => cellsOf(comparison, index)),
      commandLine: (words) => ['scripts/kmx', ...words].join(' '),
    });
    return fixture.show(html, options);
  }

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const viewport of [SCREEN, PHONE]) {
      it(`has nothing for axe to complain of when ${colorScheme}, ${viewport.width} pixels wide`, async () => {
        const { page } = await show(widen(createSampleComparison(), 4), { colorScheme, viewport });
        await page.keyboard.press('a');
        expect(await findAccessibilityFaults(page)).to.deep.equal([]);
      });
    }
  }

  it('fetches nothing and does nothing that its policy forbids', async () => {
    const { page, requests, complaints } = await show();
    await page.keyboard.press('?');
    await page.keyboard.press('Escape');
    await page.getByRole('searchbox').fill('cpuset');
    expect(requests).to.deep.equal([]);
    expect(complaints).to.deep.equal([]);
  });

  it('is held to its policy by the browser', async () => {
    const { page } = await show();
    const complaint = page.waitForEvent('console', (message) => message.text().includes('img-src'));
    await page.evaluate("document.body.append(Object.assign(new Image(), { src: 'x.png' }))");
    expect((await complaint).text()).to.contain('Content Security Policy');
    const markup = page.evaluate("document.body.innerHTML = '<b>'");
    expect(await markup.catch(String)).to.contain('TrustedHTML');
  });

  it('says in its first line what differs and why', async () => {
    const { page } = await show();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).to.equal(
      'Of 42 tests, 6 regressed, 1 improved, 2 appeared. First suspect: v1 cpuset cannot be mounted (EINVAL).',
    );
  });

  it('shows a signature below the verdict, not beside it', async () => {
    const { page } = await show();
    const cell = page.locator('td', { has: page.locator('.outcome-signature') }).first();
    const verdict = await cell.locator('.verdict').first().boundingBox();
    const signature = await cell.locator('.outcome-signature').first().boundingBox();
    expect(signature?.y).to.be.at.least((verdict?.y ?? 0) + (verdict?.height ?? Infinity));
    expect(signature?.x).to.equal(verdict?.x);
  });

  describe('without a script', () => {
    const withoutScript = { javaScriptEnabled: false };

    it('shows what is the same when asked to', async () => {
      const { page } = await show(undefined, withoutScript);
      const same = page.locator('#same tbody');
      expect(await same.isVisible()).to.equal(false);
      await page.getByText('1 test the same').click();
      expect(await same.isVisible()).to.equal(true);
    });

    it('shows the symbols that all kernels offer when asked to', async () => {
      const { page } = await show(undefined, withoutScript);
      expect(await visibleSymbols(page)).to.have.length(5);
      await page.getByLabel('offered by all kernels').check();
      expect(await visibleSymbols(page)).to.deep.equal([
        'INTEL_IDLE',
        'LOCALVERSION',
        'NEVER_SEEN',
      ]);
      await page.getByLabel('not known to some').check();
      expect(await visibleSymbols(page)).to.deep.equal(['CPUSETS_V1', 'MEMCG_KMEM']);
      const menus = page.locator('.menu summary').filter({ visible: true });
      expect(await menus.allInnerTexts()).to.deep.equal(['Control groups 2']);
    });

    it('has no search that would not work', async () => {
      const { page } = await show(undefined, withoutScript);
      expect(await page.locator('#search').isVisible()).to.equal(false);
    });
  });

  describe('on a phone', () => {
    it('shows two columns of many, those that the reader picks, without a script', async () => {
      const comparison = widen(createSampleComparison(), 6);
      const { page } = await show(comparison, { viewport: PHONE, javaScriptEnabled: false });
      const heads = page.locator('[aria-label="What differs"] thead .column');
      const visible = async () =>
        (await heads.all()).length === 6 &&
        (await heads.filter({ visible: true }).allTextContents());
      expect(await visible()).to.deep.equal(['debian-6.1', 'debian-6.12']);
      await page.getByRole('combobox', { name: 'Compare' }).selectOption('column 5');
      await page.getByRole('combobox', { name: 'with' }).selectOption('column 6');
      expect(await visible()).to.deep.equal(['column 5', 'column 6']);
    });

    it('needs no scrolling sideways, even with names that have no end', async () => {
      const { page } = await show(createHostileComparison('x'.repeat(300)), { viewport: PHONE });
      expect(await page.evaluate('document.documentElement.scrollWidth')).to.equal(PHONE.width);
    });
  });

  it('keeps the heads of its columns in sight', async () => {
    const { page } = await show(widen(createSampleComparison(), 6));
    await page.evaluate("document.getElementById('difference-2').scrollIntoView()");
    const box = await page.locator('[aria-label="What differs"] thead .column-6').boundingBox();
    expect(box?.y).to.be.within(0, 5);
    expect((box?.x ?? 0) + (box?.width ?? 0)).to.be.below(SCREEN.width);
  });

  it('leads from each cell to its folder', async () => {
    const { page } = await show();
    const links = page.getByRole('link', { name: 'logs of debian-6.12+default+v1+unguarded' });
    expect(await links.getAttribute('href')).to.equal(
      './../the%20run/cells/debian-6.12%2Bdefault%2Bv1%2Bunguarded/',
    );
  });

  it('leads from a difference to its reason, and from there back', async () => {
    const { page } = await show();
    await page.locator('.reasons a').first().click();
    const row = page.locator('tr:target');
    expect(await row.textContent()).to.contain('v1 cpuset cannot be mounted');
    await row.getByRole('link', { name: 'no. 1' }).click();
    expect(await page.locator('tbody:target').getAttribute('id')).to.equal('difference-1');
  });

  describe('its search', () => {
    it('finds symbols by parts of name, menu and state', async () => {
      const { page } = await show();
      await page.getByRole('searchbox').fill('control group NOT SET');
      expect(await visibleSymbols(page)).to.deep.equal(['CPUSETS_V1']);
      await page.getByRole('searchbox').fill('idle');
      expect(await visibleSymbols(page)).to.deep.equal(['INTEL_IDLE']);
      expect(await page.locator('output').textContent()).to.equal('1 found');
    });

    it('says when nothing is found, and shows everything again once it is empty', async () => {
      const { page } = await show();
      await page.getByRole('searchbox').fill('no such symbol');
      expect(await page.getByText('No symbol matches.').isVisible()).to.equal(true);
      await page.getByRole('searchbox').fill('');
      expect(await page.getByText('No symbol matches.').isVisible()).to.equal(false);
      expect(await visibleSymbols(page)).to.have.length(5);
    });

    it('is kept in the address, as is each choice', async () => {
      const first = await show();
      await first.page.getByRole('searchbox').fill('cpu');
      await first.page.getByLabel('not known to some').check();
      const place = await first.page.evaluate<string>('location.hash.slice(1)');
      const { page } = await show(undefined, { place });
      expect(await visibleSymbols(page)).to.deep.equal(['CPUSETS_V1']);
      expect(await page.getByLabel('not known to some').isChecked()).to.equal(true);
    });

    it('does not take the address of a symbol away', async () => {
      const { page } = await show(undefined, { place: 'symbol/LOCALVERSION?search=local' });
      expect(await visibleSymbols(page)).to.deep.equal(['LOCALVERSION']);
      await page.getByRole('searchbox').fill('version');
      expect(await page.evaluate('location.hash')).to.equal('#symbol/LOCALVERSION?search=version');
    });
  });

  it('is used with the keyboard alone', async () => {
    const { page } = await show();
    const focused = () => page.evaluate('document.activeElement.id');
    const pressed = async (key: string) => {
      await page.keyboard.press(key);
      return focused();
    };
    expect(await pressed('j')).to.equal('difference-1');
    expect(await pressed('j')).to.equal('difference-2');
    expect(await pressed('j')).to.equal('difference-2');
    expect(await pressed('k')).to.equal('difference-1');
    await page.keyboard.press('a');
    expect(await page.locator('#same tbody').isVisible()).to.equal(true);
    await page.keyboard.press('a');
    expect(await page.locator('#same tbody').isVisible()).to.equal(false);
    expect(await pressed('/')).to.equal('search');
    await page.keyboard.type('j?a');
    expect(await page.locator('#search').inputValue()).to.equal('j?a');
    await page.locator('#search').blur();
    await page.keyboard.press('?');
    expect(await page.getByRole('dialog').isVisible()).to.equal(true);
    await page.keyboard.press('Escape');
    expect(await page.getByRole('dialog').isVisible()).to.equal(false);
  });

  it('shows hostile names as text, and nothing of them acts', async () => {
    const { page, requests, complaints } = await show(createHostileComparison());
    await page.keyboard.press('a');
    expect(requests).to.deep.equal([]);
    expect(complaints).to.deep.equal([]);
    expect(await page.evaluate('window.attacked')).to.equal(undefined);
    expect(await page.locator('body img, body iframe, body svg, body [onclick]').count()).to.equal(
      0,
    );
    const others = "[...document.links].filter(({ protocol }) => protocol !== 'file:').length";
    expect(await page.evaluate(others)).to.equal(0);
    expect(await page.content()).to.not.match(/[^\P{Cc}\n\t]|\u202e/u);
    expect(await page.locator('body').innerText()).to.contain('<img src=x onerror=');
  });

  it('prints without controls and with its folds opened', async () => {
    const { page } = await show();
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.locator('#search').isVisible()).to.equal(false);
    expect(await page.getByText('CPU shares: five').isVisible()).to.equal(true);
    const ground = await page.evaluate(
      'getComputedStyle(document.documentElement).backgroundColor',
    );
    expect(ground).to.equal('rgb(255, 255, 255)');
  });
});

async function visibleSymbols(page: Page): Promise<readonly string[]> {
  return page.locator('.menu tr[id] th').filter({ visible: true }).allTextContents();
}
