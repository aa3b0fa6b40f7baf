import { h } from '../../element.ts';

/** Where the script shows a log, over the lower part of the page, so that the failure stays in sight. */
export function LogPane() {
  return h(
    'aside',
    { id: 'log-pane', hidden: true, tabIndex: -1, 'aria-labelledby': 'log-title' },
    h(
      'div',
      { class: 'log-head' },
      h('h2', { id: 'log-title' }),
      h('nav', { 'aria-label': 'logs of this guest' }),
      h('button', { type: 'button', class: 'next-mark' }, 'Next finding'),
      h('a', { class: 'log-file' }, 'File'),
      h('button', { type: 'button', class: 'copy-log' }, 'Copy'),
      h('button', { type: 'button', class: 'close-log' }, 'Close'),
    ),
    h('p', { class: 'log-about quiet' }),
    h('div', { class: 'log-body', tabIndex: 0, role: 'region', 'aria-labelledby': 'log-title' }),
  );
}
