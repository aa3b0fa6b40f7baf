import { h } from '../../element.ts';

/** A text to be pasted elsewhere. The button needs the script, and is shown with it. */
export function Copyable({ text, label }: { readonly text: string; readonly label: string }) {
  return h(
    'div',
    { class: 'copyable' },
    h('pre', { tabIndex: 0, role: 'group', 'aria-label': label }, h('code', null, text)),
    h('button', { type: 'button', class: 'copy' }, 'Copy'),
  );
}
