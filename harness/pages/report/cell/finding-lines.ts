import { Fragment } from 'preact';
import type { TestReport } from '../../../report/schema.ts';
import { h } from '../../element.ts';
import { linkTo, logLineAddress } from '../addresses.ts';
import type { CellContext } from './cell-context.ts';
import { LogLink } from './log-link.ts';
import { type LogExcerpt, logOf } from './page-logs.ts';

type Finding = TestReport['findings'][number];

interface FindingProps {
  readonly cell: string;
  readonly guest: number | undefined;
  readonly finding: Finding;
  readonly context: CellContext;
}

/** What was recognised in a log, with the lines around it; what the report kept of it, if the log is not there. */
export function FindingLines({ cell, guest, finding, context }: FindingProps) {
  const { title, place, source, signature, excerpt, impossible } = finding;
  const found = guest === undefined ? undefined : context.logs.excerptOf(cell, guest, finding);
  return h(
    'figure',
    { class: 'finding' },
    h(
      'figcaption',
      null,
      h('strong', null, title),
      place !== undefined && !title.includes(place) && [' at ', h('code', null, place)],
      h('span', { class: 'quiet' }, ' · ', h('code', null, signature), ' · '),
      h(Where, { cell, guest, finding, found, context }),
    ),
    impossible !== undefined &&
      h('p', null, `No processor can have ${impossible}: what executed the guest is at fault.`),
    found === undefined
      ? h(
          'pre',
          { class: 'lines', tabIndex: 0, role: 'group', 'aria-label': `what ${source} says` },
          excerpt,
        )
      : h(NumberedLines, { found, cell, guest: guest ?? 0, finding, context }),
  );
}

function Where({
  cell,
  guest,
  finding,
  found,
  context,
}: FindingProps & { readonly found: LogExcerpt | undefined }) {
  const name = logOf(finding);
  const log =
    guest === undefined
      ? undefined
      : context.logs.logsOf(cell, guest).find((one) => one.name === name);
  if (log === undefined || guest === undefined) return h('span', null, finding.source);
  const lines = found === undefined ? '' : sayLines(found);
  return h(
    Fragment,
    null,
    h(LogLink, { cell, guest, log, folder: context.folder }),
    h('span', { class: 'quiet' }, lines),
  );
}

function sayLines({ first, last }: LogExcerpt): string {
  return first === last ? `, line ${first}` : `, lines ${first}–${last}`;
}

/** Each with its number, which leads to the same line of the whole log if that is on the page. */
export function NumberedLines({
  found: { lines, first, last, deciding },
  cell,
  guest,
  finding,
  context,
}: Pick<FindingProps, 'cell' | 'finding'> & {
  readonly found: LogExcerpt;
  readonly guest: number;
  readonly context: Pick<CellContext, 'logs'>;
}) {
  const name = logOf(finding) ?? finding.source;
  const isPacked = context.logs
    .logsOf(cell, guest)
    .some((log) => log.name === name && log.isPacked);
  return h(
    'pre',
    { class: 'lines', tabIndex: 0, role: 'group', 'aria-label': `what ${finding.source} says` },
    lines.map(({ number, text }) => {
      const isOwn = number >= first && number <= last;
      const kind = number === deciding ? 'is-deciding' : isOwn ? 'is-own' : undefined;
      const href = linkTo(logLineAddress(cell, guest, name, number));
      return h(
        'span',
        { class: kind },
        isPacked && number === deciding
          ? h('a', { href, 'aria-label': `line ${number}` }, number)
          : h('i', null, number),
        `${text}\n`,
      );
    }),
  );
}
