import { createHash } from 'node:crypto';
import { expect } from 'chai';
import type { ComponentChildren } from 'preact';
import { h } from './element.ts';
import { FolderLink } from './folder-link.ts';
import { renderPage, renderPagePieces } from './page.ts';

const ASSETS = { style: 'p{color:red}', script: 'document.title' };

const render = (main: Parameters<typeof renderPage>[0]['main']): string =>
  renderPage({ title: 'a page', main }, ASSETS);

describe('A page', () => {
  it('allows its own script and style sheet, and nothing else', () => {
    const digest = (text: string) => createHash('sha256').update(text).digest('base64');
    expect(render('')).to.contain(
      `content="default-src 'none'; style-src 'sha256-${digest(ASSETS.style)}'; script-src 'sha256-${digest(ASSETS.script)}'; base-uri`,
    );
  });

  it('shows as text what looks like HTML', () => {
    const html = render(h('p', { title: '"><b>' }, '<script>', ['<i>', ['&amp;']]));
    expect(html).to.contain('<p title="&quot;>&lt;b>">&lt;script>&lt;i>&amp;amp;</p>');
  });

  it('is rendered part by part, as it is asked for', () => {
    const asked: number[] = [];
    function* parts() {
      for (const number of [1, 2]) {
        asked.push(number);
        yield h('p', null, number);
      }
    }
    const frame = (slot: ComponentChildren) => h('main', null, slot);
    const pieces = renderPagePieces({ title: '\0', frame, parts: parts() }, ASSETS);
    const iterator = pieces[Symbol.iterator]();
    expect(iterator.next().value).to.match(/<title>\\x00<\/title>.*<main>$/s);
    expect(asked).to.deep.equal([]);
    expect(iterator.next().value).to.equal('<p>1</p>');
    expect(asked).to.deep.equal([1]);
    expect(iterator.next().value).to.equal('<p>2</p>');
    expect(iterator.next().value).to.match(/^<\/main><script>/);
  });

  it('cannot be rendered if its frame has no place for the parts', () => {
    const pieces = renderPagePieces({ title: '', frame: () => 'none', parts: [] }, ASSETS);
    expect(() => [...pieces]).to.throw('to show its slot');
  });

  it('shows what cannot be printed', () => {
    const html = render(h('p', { title: 'a\0b' }, 'red \u001b[31mtext\u001b[0m', ['\u202eback']));
    expect(html).to.contain('<p title="a\\x00b">red text\\u{202e}back</p>');
  });
});

describe('A link to a folder', () => {
  const link = (folder: string | undefined, ...path: string[]): string =>
    /<a href="[^"]*">|<span>/.exec(render(h(FolderLink, { folder, path }, 'there')))?.[0] ?? '';

  it('is relative to the page, with each part escaped', () => {
    expect(link('../a run', 'cells', 'x+y')).to.equal('<a href="./../a%20run/cells/x%2By/">');
    expect(link('', 'cells')).to.equal('<a href="./cells/">');
  });

  it('never leads to another host or scheme', () => {
    expect(link('//host/share')).to.equal('<a href="./host/share/">');
    expect(link('javascript:alert(1)')).to.equal('<a href="./javascript%3Aalert(1)/">');
  });

  it('has an address even if a name is not well-formed', () => {
    expect(link('run', 'cells', 'half \ud800')).to.equal(
      '<a href="./run/cells/half%20%EF%BF%BD/">',
    );
  });

  it('is only text if the folder is not known', () => {
    expect(link(undefined, 'cells')).to.equal('<span>');
  });
});
