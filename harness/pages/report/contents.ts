import { h } from '../element.ts';

export interface Entry {
  readonly id: string;
  readonly title: string;
}

/** The sections that the page has. */
export function Contents({ entries }: { readonly entries: readonly Entry[] }) {
  return h(
    'nav',
    { class: 'contents', 'aria-label': 'On this page' },
    h(
      'ul',
      null,
      entries.map(({ id, title }) => h('li', null, h('a', { href: `#${id}` }, title))),
    ),
  );
}
