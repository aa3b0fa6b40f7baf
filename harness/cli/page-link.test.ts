import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { stripEscapes } from '../text.ts';
import { pageLink } from './page-link.ts';

describe("the link to a run's page", () => {
  const folder = mkdtempSync(join(tmpdir(), 'kmx page#'));
  after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'index.html');

  it('is not there without a page', () => {
    expect(pageLink(folder, { isTTY: true }, {})).to.equal(undefined);
  });

  it('is a link on a terminal, with an address that browsers open', () => {
    writeFileSync(path, '');
    const link = pageLink(folder, { isTTY: true }, {}) ?? '';
    expect(stripEscapes(link)).to.equal(path);
    const address = /\]8;;(file:.+?index\.html)/.exec(link)?.[1] ?? '';
    expect(address).to.match(/^file:\/\/\/\S*kmx%20page%23\w+\/index\.html$/);
  });

  it('is the plain path in a file, on a CI service, and on a terminal that knows no codes', () => {
    expect(pageLink(folder, { isTTY: false }, {})).to.equal(path);
    expect(pageLink(folder, { isTTY: true }, { CI: 'true' })).to.equal(path);
    expect(pageLink(folder, { isTTY: true }, { TERM: 'dumb' })).to.equal(path);
  });
});
