import {
  BASELINE_INPUTS,
  type BaselineReport,
  type ChangedInput,
  type ChangeReport,
} from '../../report/baseline-schema.ts';
import { describeEarlier } from '../../report/headline.ts';
import { newHits } from '../../report/new-hits.ts';
import type { RunReport } from '../../report/schema.ts';
import { h } from '../element.ts';
import { Name } from '../name.ts';
import { VerdictMark } from '../verdict-mark.ts';
import { findingAddress, linkTo } from './addresses.ts';
import { HitList } from './hit-list.ts';
import type { SectionContent } from './section.ts';

const WORDS: Readonly<Record<ChangeReport['change'], string>> = {
  new: 'new',
  changed: 'changed',
  lost: 'lost',
  fixed: 'fixed',
  added: 'added',
};

/** What changed since an earlier run, and what in the inputs may be why. */
export function changedSection({ baseline, startedAt }: RunReport): SectionContent | undefined {
  if (baseline === undefined) return undefined;
  const since = describeEarlier(baseline.startedAt, startedAt);
  const note = `compared with ${baseline.run}`;
  return { id: 'changed', title: `Changed since ${since}`, note, body: h(Changed, { baseline }) };
}

function Changed({
  baseline: { changes, inputs, missing },
}: {
  readonly baseline: BaselineReport;
}) {
  return h(
    'div',
    { class: 'beside' },
    h(
      'div',
      null,
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
      h('h3', null, 'Inputs that changed'),
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
  );
}

function rankOf({ kind }: ChangedInput): number {
  return BASELINE_INPUTS.indexOf(kind);
}

function Change({ change: all }: { readonly change: ChangeReport }) {
  const { change, now, before, hits } = all;
  const isFailure = change === 'new' || change === 'changed';
  const isKnown = isFailure && hits.length > 0 && hits.every(({ isExpected }) => isExpected);
  const isFixed = change === 'fixed';
  const result = isFixed ? before : (now ?? before);
  return h(
    'li',
    {
      class: newHits(all).length > 0 ? 'is-news' : undefined,
      'data-verdict': (now ?? before)?.verdict,
    },
    h(
      'div',
      { class: 'row-head' },
      h('span', { class: 'change-word' }, WORDS[change]),
      ' ',
      now !== undefined && h(VerdictMark, { verdict: now.verdict, isKnown }),
      ' ',
      isFixed && before !== undefined && h('span', { class: 'quiet' }, `was ${before.verdict}: `),
      h('span', { class: 'row-title' }, result?.why),
      ' ',
      h(Signature, { signature: result?.signature, isOnPage: isFailure }),
    ),
    !isFixed && h(Before, { before }),
    h(HitList, { hits }),
  );
}

/** That a test passed goes without saying, unless it is not measured any more. */
function Before({ before }: { readonly before: ChangeReport['before'] | undefined }) {
  if (before === undefined || before.verdict === 'pass') return null;
  const { verdict, why } = before;
  return h('div', { class: 'quiet' }, `before: ${verdict}${why === '' ? '' : `, ${why}`}`);
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
      h('span', { class: 'quiet' }, `${before ?? 'none'} → `),
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
