import { Fragment } from 'preact';
import { h } from './element.ts';

/** An identifier in the font for code. It may be wrapped after `+`, `/`, `.` and `_`. */
export function Name({ children }: { readonly children: string }) {
  const parts = children.split(/(?<=[+/._])/);
  return h(
    'code',
    null,
    parts.map((part, index) => h(Fragment, null, index > 0 && h('wbr', null), part)),
  );
}
