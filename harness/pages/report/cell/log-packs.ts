import { h } from '../../element.ts';
import type { PageLogs } from './page-logs.ts';

/** Logs in inert elements, which the script unpacks when a reader opens one. They come last: nothing waits for them. */
export function LogPacks({ logs: { packs } }: { readonly logs: PageLogs }) {
  return packs.map(({ cell, data }) =>
    h('script', {
      type: 'text/plain',
      class: 'pack',
      'data-cell': cell,
      dangerouslySetInnerHTML: { __html: data },
    }),
  );
}
