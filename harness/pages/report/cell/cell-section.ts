import { newLooseCrashes } from '../../../report/expected.ts';
import { keyOfHit } from '../../../report/new-hits.ts';
import { runWords } from '../../../report/reproduce-words.ts';
import type { CellReport } from '../../../report/schema.ts';
import { isGood, VERDICTS } from '../../../verdict/verdict.ts';
import { h } from '../../element.ts';
import { FolderLink, folderAddress } from '../../folder-link.ts';
import { formatDuration } from '../../format.ts';
import { Name } from '../../name.ts';
import { VerdictMark } from '../../verdict-mark.ts';
import { cellAddress } from '../addresses.ts';
import { type CellContext, traitsOf } from './cell-context.ts';
import { CellFacts } from './cell-facts.ts';
import { Copyable } from './copyable.ts';
import { GuestList, LooseFindings } from './guest-list.ts';
import { TestList } from './test-list.ts';

interface CellProps {
  readonly cell: CellReport;
  readonly context: CellContext;
}

/** Everything about one cell, folded. */
export function CellSection({ cell, context }: CellProps) {
  const { id, kernel, config, cgroup, agent, machine, verdict, tests } = cell;
  const shown = context.scope.testsOf(cell);
  const traits = new Set(tests.flatMap((test) => traitsOf(id, test, context)));
  const isNew = traits.has('new') || context.newHits.has(keyOfHit({ cell: id }));
  const isUnexpected = isNew || traits.has('unexpected') || newLooseCrashes(cell).length > 0;
  const left = tests.length - shown.length;
  return h(
    'details',
    {
      id: cellAddress(id),
      class: [
        'cell',
        ...(isNew ? ['is-new'] : []),
        ...(isUnexpected ? ['is-unexpected'] : isGood(verdict) ? [] : ['is-bad']),
      ].join(' '),
      'data-cell': id,
      ...{ 'data-kernel': kernel, 'data-config': config },
      'data-files': filesOf(cell, context),
      ...{ 'data-cgroup': cgroup, 'data-agent': agent, 'data-machine': machine },
    },
    h('summary', null, h(CellHead, { cell, isKnown: !(isUnexpected || isGood(verdict)) })),
    h(
      'div',
      { class: 'panel' },
      h('div', { class: 'results' }, h(TestList, { cell, tests: shown, context })),
      left > 0 &&
        h('p', { class: 'quiet' }, `${left} more tests of this cell are in report.json alone.`),
      h(
        'div',
        { class: 'about' },
        h(LooseFindings, { cell, context }),
        h(CellNotes, { cell }),
        h(CellFacts, { cell, context }),
        h(GuestList, { cell, context }),
        h('h3', null, 'Run it again'),
        h(Copyable, {
          text: context.commandLine(runWords(context.report, id)),
          label: 'command that runs this cell again',
        }),
        context.folder !== undefined &&
          h(
            'p',
            null,
            h(FolderLink, { folder: context.folder, path: ['cells', id] }, 'All its files'),
          ),
      ),
    ),
  );
}

/** Where the folders of its guests are. */
function filesOf({ id }: CellReport, { folder }: CellContext): string | undefined {
  const address = folderAddress(folder, ['cells', id]);
  return address === undefined ? undefined : `${address}/`;
}

function CellHead({
  cell: { id, verdict, totals, durationMs },
  isKnown,
}: {
  readonly cell: CellReport;
  /** All that went wrong was expected. */
  readonly isKnown: boolean;
}) {
  const counts = VERDICTS.flatMap((one) => (totals[one] ? [`${totals[one]} ${one}`] : []));
  return [
    h(VerdictMark, { verdict, isKnown }),
    h('span', { class: 'cell-name' }, h(Name, null, id)),
    h('span', { class: 'counts' }, counts.join(' · ') || 'no tests'),
    h('span', { class: 'found', 'aria-live': 'off' }),
    h('span', { class: 'number' }, durationMs === undefined ? '' : formatDuration(durationMs)),
  ];
}

function CellNotes({ cell: { notes } }: { readonly cell: CellReport }) {
  if (notes.length === 0) return null;
  return [
    h('h3', null, 'Notes'),
    h(
      'ul',
      null,
      [...new Set(notes)].map((note) => h('li', null, note)),
    ),
  ];
}
