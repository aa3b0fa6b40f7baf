import { UsageError } from '../errors.ts';
import type { TestId } from '../events.ts';
import { toPrintable } from '../text.ts';

/** A place on a report's page that leads to tests: see `pages/report/addresses.ts`. */
export type PagePlace =
  | { readonly kind: 'cell'; readonly cell: string }
  | {
      readonly kind: 'test';
      readonly cell: string;
      /** Of the test below the cell: its file and its title, as `pathOfTest` writes them. */
      readonly path: string;
    }
  | { readonly kind: 'finding'; readonly signature: string }
  | { readonly kind: 'log'; readonly cell: string; readonly guest: string };

/**
 * What the fragment of a link leads to.
 *
 * @param fragment With or without `#`; what a reader has chosen on the page, behind `?`, says nothing.
 * @throws UsageError if it leads to nothing that could be reproduced
 */
export function parsePagePlace(fragment: string): PagePlace {
  const address = unescapeAddress(fragment.replace(/^#/, '').split('?')[0] ?? '');
  const [kind, first = '', ...rest] = address.split('/');
  if (first !== '') {
    if (kind === 'cell' && rest.length === 0) return { kind, cell: first };
    if (kind === 'test' && rest.length > 0) return { kind, cell: first, path: rest.join('/') };
    if (kind === 'finding') return { kind, signature: first };
    if (kind === 'log' && rest[0] !== undefined) return { kind, cell: first, guest: rest[0] };
  }
  throw new UsageError(`the link ${JSON.stringify(fragment)} leads to no result of a test`, {
    code: 'LINK_WITHOUT_TEST',
    remedy:
      'copy the link of a test, a crash, a cell or a log: #test/…, #finding/…, #cell/…, #log/…',
  });
}

/** A test as the addresses of a page name it. */
export function pathOfTest({ file, title }: TestId): string {
  return toPrintable(`${file}/${title.replaceAll(/\s+/g, '-')}`);
}

function unescapeAddress(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not ours: no escape that kmx makes is broken.
    return text;
  }
}
