import {
  BASELINE_INPUTS,
  type BaselineReport,
  type ChangedInput,
  type ChangeReport,
} from '../../report/baseline-schema.ts';
import { describeEarlier } from '../../report/headline.ts';
import { h } from '../element.ts';
import { Name } from '../name.ts';
import { VerdictMark } from '../verdict-mark.ts';
import { findingAddress, linkTo } from './addresses.ts';
import { HitList } from './hit-list.ts';

const WORDS: Readonly<Record<ChangeReport['change'], string>> = {
  new: 'new',
  changed: 'fails differently',
  lost: 'no longer measured',
  fixed: 'fixed',
  added: 'added',
};

/** What changed since an earlier run, and what in the inputs may be why. */
export function ChangedSection({
  baseline,
  startedAt,
}: {
  readonly baseline: BaselineReport;
  /** Of this run. */
  readonly startedAt: string;
}) {
  const { changes, inputs, missing, run } = baseline;
  const since = describeEarlier(baseline.startedAt, startedAt);
  return h(
    'section',
    { id: 'changed', 'aria-labelledby': 'changed-title' },
    h(
      'div',
      { class: 'beside' },
      h(
        'div',
        null,
        h('h2', { id: 'changed-title' }, `Changed since ${since}`),
        h('p', { class: 'quiet lead' }, 'compared with ', h('code', null, run)),
        changes.length === 0
          ? h('p', null, 'Every test ends as it did.')
          : h(
              'ul',
              { class: 'rows', 'aria-label': 'Results that changed' },
              changes.map((change) => h(Change, { change })),
            ),
        missing.map((sentence) => h('p', { class: 'quiet' }, 'Not compared: ', sentence)),
      ),
      h(
        'div',
        { class: 'inputs' },
        h('h2', null, 'Inputs that changed'),
        inputs.length === 0
          ? h('p', null, 'None that is known.')
          : h(
              'dl',
              null,
              inputs
                .toSorted((one, other) => rankOf(one) - rankOf(other))
                .map((input) => h(Input, { input })),
            ),
      ),
    ),
  );
}

function rankOf({ kind }: ChangedInput): number {
  return BASELINE_INPUTS.indexOf(kind);
}

function Change({ change: all }: { readonly change: ChangeReport }) {
  const { change, now, before, hits } = all;
  const isNew = change === 'new' || change === 'changed';
  const isKnown = isNew && hits.length > 0 && hits.every(({ isExpected }) => isExpected);
  const told = change === 'fixed' ? before : (now ?? before);
  return h(
    'li',
    {
      class: `change is-${change}${isNew && !isKnown ? ' is-news' : ''}`,
      'data-verdict': (now ?? before)?.verdict,
    },
    h(
      'div',
      { class: 'row-head' },
      h('span', { class: 'change-word' }, WORDS[change]),
      ' ',
      now !== undefined && h(VerdictMark, { verdict: now.verdict, isKnown }),
      now === undefined && before !== undefined && h('span', { class: 'quiet' }, before.verdict),
      ' ',
      h('span', { class: 'row-title' }, told?.why),
      ' ',
      h(Signature, { signature: told?.signature, isOnPage: isNew }),
    ),
    change === 'changed' && before !== undefined && h('div', { class: 'quiet' }, describe(before)),
    h(HitList, { hits }),
  );
}

function describe({ verdict, why }: NonNullable<ChangeReport['before']>): string {
  return `before: ${verdict}${why === '' ? '' : `: ${why}`}`;
}

/** What expectations pin; it leads to its group where the page has one. */
export function Signature({
  signature,
  isOnPage = false,
}: {
  readonly signature: string | undefined;
  readonly isOnPage?: boolean;
}) {
  if (signature === undefined) return null;
  const text = h('code', { class: 'signature' }, signature);
  return isOnPage ? h('a', { href: linkTo(findingAddress(signature)) }, text) : text;
}

function Input({
  input: { kind, name, before, now, details, count },
}: {
  readonly input: ChangedInput;
}) {
  const more = (count ?? details.length) - details.length;
  return [
    h('dt', null, kind, ' ', name !== undefined && h(Name, null, name)),
    h(
      'dd',
      null,
      before ?? 'none',
      h('span', { class: 'quiet', 'aria-hidden': 'true' }, ' → '),
      h('span', { class: 'hidden' }, ' to '),
      h('strong', null, now ?? 'none'),
      details.length > 0 &&
        h(
          'details',
          null,
          h('summary', null, `${count ?? details.length} differ`),
          h(
            'ul',
            { class: 'plain' },
            details.map((detail) => h('li', null, h(Name, null, detail))),
            more > 0 && h('li', { class: 'quiet' }, `… and ${more} more`),
          ),
        ),
    ),
  ];
}
