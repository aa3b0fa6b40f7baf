import { join } from 'node:path';
import { expect } from 'chai';
import { stripEscapes } from '../text.ts';
import { pageLink } from './page-link.ts';

describe("the link to a run's page", () => {
  const folder = 'reports/kmx page#1';
  const path = join(folder, 'index.html');

  it('is a link on a terminal, with an address that browsers open', () => {
    const link = pageLink(folder, { isTTY: true }, {});
    expect(stripEscapes(link)).to.equal(path);
    const address = /\]8;;(file:.+?index\.html)/.exec(link)?.[1] ?? '';
    expect(address).to.match(/^file:\/\/\/\S*kmx%20page%231\/index\.html$/);
  });

  it('is the plain path in a file, on a CI service, and on a terminal that knows no codes', () => {
    expect(pageLink(folder, { isTTY: false }, {})).to.equal(path);
    expect(pageLink(folder, { isTTY: true }, { CI: 'true' })).to.equal(path);
    expect(pageLink(folder, { isTTY: true }, { TERM: 'dumb' })).to.equal(path);
  });
});
