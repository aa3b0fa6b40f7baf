import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadPageAssets } from './load-page-assets.ts';

describe('The script and the style sheet of pages', () => {
  let kept: string;
  beforeEach(() => {
    kept = mkdtempSync(join(tmpdir(), 'kmx-assets-'));
  });
  afterEach(() => rmSync(kept, { recursive: true }));

  it('are whole: they import nothing, and cannot end the element that they are in', async () => {
    const { style, script } = await loadPageAssets(kept);
    expect(style)
      .to.contain('light-dark(')
      .and.to.not.match(/@import|url\(|<\//);
    expect(script)
      .to.contain('hashchange')
      .and.to.not.match(/\bimport\b|<\//);
  });

  it('are kept, and made again if what was kept is damaged', async () => {
    const assets = await loadPageAssets(kept);
    const [name = ''] = readdirSync(kept);
    const file = join(kept, name);
    writeFileSync(file, JSON.stringify({ ...assets, style: 'kept' }));
    expect(await loadPageAssets(kept)).to.have.property('style', 'kept');
    writeFileSync(file, '');
    expect(await loadPageAssets(kept)).to.deep.equal(assets);
    expect(JSON.parse(readFileSync(file, 'utf8'))).to.deep.equal(assets);
  });
});
