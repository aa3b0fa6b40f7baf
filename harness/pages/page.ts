import { createHash } from 'node:crypto';
import { type ComponentChildren, createElement, Fragment } from 'preact';
import { render } from 'preact-render-to-string';
import { h } from './element.ts';

/** The same for every page: see `page-assets/`. */
export interface PageAssets {
  readonly style: string;
  readonly script: string;
}

export interface PageContent {
  /** For the window's title. */
  readonly title: string;
  readonly main: ComponentChildren;
}

/** The whole page as one text. */
export function renderPage({ title, main }: PageContent, assets: PageAssets): string {
  return [...renderPagePieces({ title, frame: (slot) => slot, parts: [main] }, assets)].join('');
}

export interface PagePieces {
  /** For the window's title. */
  readonly title: string;
  /** What is around the parts. It must show the slot that it is given, once. */
  readonly frame: (slot: ComponentChildren) => ComponentChildren;
  /** Each is rendered only when it is asked for, so a long page is never in memory as a whole. */
  readonly parts: Iterable<ComponentChildren>;
}

/** No text of a page can hold it: `h` makes every text printable. */
const SLOT = '\0';

/**
 * A whole page as one file that needs no other: it may be mailed, kept for years and opened from disk.
 * Whatever a guest smuggles into it can neither run nor fetch anything, since the page's policy names
 * its one script and its one style sheet by digest and forbids the rest.
 */
export function* renderPagePieces(
  { title, frame, parts }: PagePieces,
  { style, script }: PageAssets,
): Iterable<string> {
  const page = h(
    'html',
    { lang: 'en' },
    h(
      'head',
      null,
      h('meta', { charset: 'utf-8' }),
      h('meta', { 'http-equiv': 'Content-Security-Policy', content: policyOf({ style, script }) }),
      h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
      h('meta', { name: 'referrer', content: 'no-referrer' }),
      h('title', null, title),
      h('style', { dangerouslySetInnerHTML: { __html: style } }),
    ),
    h(
      'body',
      null,
      frame(createElement(Fragment, null, SLOT)),
      h('script', { dangerouslySetInnerHTML: { __html: script } }),
    ),
  );
  const [before = '', after] = render(page).split(SLOT);
  if (after === undefined) throw new Error('Expected the frame of the page to show its slot');
  yield `<!doctype html>\n${before}`;
  for (const part of parts) yield render(h(Fragment, null, part));
  yield `${after}\n`;
}

/** https://www.w3.org/TR/CSP3/. Trusted types: not even our own script can turn text into HTML. */
function policyOf({ style, script }: PageAssets): string {
  return [
    "default-src 'none'",
    `style-src '${digestOf(style)}'`,
    `script-src '${digestOf(script)}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

function digestOf(content: string): string {
  return `sha256-${createHash('sha256').update(content).digest('base64')}`;
}
