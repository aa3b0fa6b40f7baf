import type { CellState } from '../../report/cell-state.ts';
import { isGood, type Verdict } from '../../verdict/verdict.ts';
import { h } from '../element.ts';
import { formatCount } from '../format.ts';
import { VerdictMark } from '../verdict-mark.ts';
import { cellAddress, linkTo } from './addresses.ts';

/** One cell of the matrix: its worst verdict, how many tests have it, and the way to its evidence. */
export function MatrixCell({
  id,
  state,
  isNew,
  isStart,
}: {
  readonly id: string;
  readonly state: CellState;
  /** Something in it is new since the baseline. */
  readonly isNew: boolean;
  /** It is the first of its cgroup mode. */
  readonly isStart: boolean;
}) {
  const { verdict, kind } = state;
  const classes = [isStart ? 'starts' : '', isNew ? 'is-news' : ''].filter((name) => name !== '');
  return h(
    'td',
    {
      class: classes.length === 0 ? undefined : classes.join(' '),
      'data-verdict': verdict,
      'data-cell': id,
    },
    h(
      'a',
      { href: linkTo(cellAddress(id)), class: `state is-${kind}` },
      kind === 'surprise'
        ? h(VerdictMark, { verdict: 'fail', word: `unexpected ${verdict}` })
        : h(VerdictMark, { verdict, isKnown: kind === 'known' }),
      ' ',
      h('span', { class: 'number' }, describeNumber(state)),
      isNew && h('span', { class: 'news' }, ' new'),
      h(Suffixes, { state }),
      state.beside.map(({ verdict: other, number }) =>
        h('span', { class: 'beside-worst' }, ` ${describeBeside(other, number)}`),
      ),
    ),
  );
}

/** `27`, or of what went wrong `8/22`. */
function describeNumber({ kind, number, ran }: CellState): string {
  if (number === 0) return '';
  return kind === 'good' ? formatCount(number) : `${formatCount(number)}/${formatCount(ran)}`;
}

/** `1 miss`, `2 unexpected pass`. */
function describeBeside(verdict: Verdict, number: number): string {
  return `${formatCount(number)} ${isGood(verdict) ? 'unexpected ' : ''}${verdict}`;
}

function Suffixes({ state: { isFlaky, isCached } }: { readonly state: CellState }) {
  return [
    isFlaky && h(Suffix, { symbol: '~', word: 'flaky' }),
    isCached && h(Suffix, { symbol: '⟲', word: 'cached' }),
  ];
}

function Suffix({ symbol, word }: { readonly symbol: string; readonly word: string }) {
  return h(
    'span',
    { class: 'suffix', title: word },
    h('span', { 'aria-hidden': 'true' }, ` ${symbol}`),
    h('span', { class: 'hidden' }, ` ${word}`),
  );
}
