import { h } from './element.ts';

/** The script opens it, so it is there only for those who can use the keys. */
export function KeyHelp({ keys }: { readonly keys: readonly (readonly [string, string])[] }) {
  return h(
    'dialog',
    { id: 'keys', 'aria-labelledby': 'keys-title' },
    h('h2', { id: 'keys-title' }, 'Keys'),
    h(
      'dl',
      null,
      keys.map(([key, action]) => [h('dt', null, h('kbd', null, key)), h('dd', null, action)]),
    ),
    h('button', { type: 'button' }, 'Close'),
  );
}
