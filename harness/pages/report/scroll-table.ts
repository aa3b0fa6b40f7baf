import type { ComponentChildren } from 'preact';
import { h } from '../element.ts';

/** A table that scrolls sideways where it is too wide; with the keyboard, too. */
export function ScrollTable({
  label,
  kind,
  children,
}: {
  readonly label: string;
  /** For the style sheet. */
  readonly kind: string;
  readonly children?: ComponentChildren;
}) {
  return h(
    'div',
    { class: 'scroll', role: 'region', 'aria-label': label, tabIndex: 0 },
    h('table', { class: kind, 'aria-label': label }, children),
  );
}
