import { diffLines, diffWordsWithSpace } from 'diff';
import { Fragment } from 'preact';
import { cut } from '../../../text.ts';
import { h } from '../../element.ts';

/** Longer values are cut before they are compared, which takes quadratic time. */
const LENGTH_MAX = 4000;

/** What an assertion expected above what it found, with what differs marked. */
export function Assertion({
  expected,
  actual,
}: {
  readonly expected: string;
  readonly actual: string;
}) {
  const [before, after] = [cut(expected, LENGTH_MAX), cut(actual, LENGTH_MAX)];
  const isLong = before.includes('\n') || after.includes('\n');
  return isLong ? h(LineDiff, { before, after }) : h(WordDiff, { before, after });
}

interface Sides {
  readonly before: string;
  readonly after: string;
}

function WordDiff({ before, after }: Sides) {
  const parts = diffWordsWithSpace(before, after);
  const side = (isOther: (part: (typeof parts)[number]) => boolean, tag: 'del' | 'ins') =>
    parts
      .filter((part) => !isOther(part))
      .map((part) => (part.added || part.removed ? h(tag, null, part.value) : part.value));
  return h(
    'dl',
    { class: 'assertion' },
    h('dt', null, 'expected'),
    h(
      'dd',
      null,
      h(
        'code',
        null,
        side(({ added }) => added, 'del'),
      ),
    ),
    h('dt', null, 'actual'),
    h(
      'dd',
      null,
      h(
        'code',
        null,
        side(({ removed }) => removed, 'ins'),
      ),
    ),
  );
}

function LineDiff({ before, after }: Sides) {
  const parts = diffLines(`${before}\n`, `${after}\n`);
  return h(
    Fragment,
    null,
    h('p', { class: 'quiet' }, '− expected, + actual'),
    h(
      'pre',
      { class: 'assertion', tabIndex: 0, role: 'group', 'aria-label': 'expected and actual value' },
      parts.map(({ added, removed, value }) => {
        const lines = value.replace(/\n$/, '').split('\n');
        const [tag, sign] = removed ? ['del', '− '] : added ? ['ins', '+ '] : ['span', '  '];
        return lines.map((line) => h(tag, null, `${sign}${line}\n`));
      }),
    ),
  );
}
