/** Several logs, for people: a table of what is in them, and each finding once with its lines. */
import type { ClassifiedLog } from '../classify/classification.ts';
import { type FindingGroup, groupFindings } from '../classify/group-findings.ts';
import { hasCrash } from '../classify/worst.ts';
import { count, renderFirst } from '../phrases.ts';
import { renderTable, widthOf } from '../reporters/table.ts';
import { cut, toLine } from '../text.ts';
import { isCrash } from '../verdict/finding.ts';
import {
  type ClassifyTextOptions,
  describeFinding,
  nameOf,
  paintClass,
  renderFinding,
} from './classify-finding-text.ts';
import { wrapWords } from './wrap-words.ts';

/** In the whole output. */
const EXAMPLES_MAX = 10;
const ROWS_MAX = 100;
const EXCERPT_LINES_MAX = 6;
/** Logs with the same finding. */
const HITS_SHOWN_MAX = 20;
const NAMES_SHOWN_MAX = 10;
const TITLE_COLUMNS_MIN = 30;
const TITLE_COLUMNS_MAX = 90;

export function renderLogs(
  logs: readonly ClassifiedLog[],
  skipped: number,
  options: ClassifyTextOptions,
): readonly (readonly string[])[] {
  const groups = groupFindings(logs);
  const rows = groups.slice(0, ROWS_MAX);
  const hidden = groups.length - rows.length;
  const crashes = groups.filter(isCrash);
  const examples = crashes.slice(0, EXAMPLES_MAX);
  const more = crashes.length - examples.length;
  return [
    wrapWords(headlineOf(logs, groups, options), options.width),
    [
      ...renderGroups(rows, options),
      ...(hidden > 0 ? [`… and ${count(hidden, 'more finding')}: --json has all`] : []),
    ],
    describeRest(logs, skipped).flatMap((line) => wrapWords(line, options.width)),
    ...examples.map((group) => renderExample(group, options)),
    more > 0
      ? wrapWords(
          `… and ${count(more, 'more crash')}: name a log alone to see its lines`,
          options.width,
        )
      : [],
  ];
}

function headlineOf(
  logs: readonly ClassifiedLog[],
  groups: readonly FindingGroup[],
  { colors }: ClassifyTextOptions,
): string {
  const ofLogs = count(logs.length, 'log');
  const [worst] = groups;
  if (worst === undefined) return `${colors.bold('nothing recognised')} in ${ofLogs}`;
  const [hit] = worst.hits;
  const crashed = logs.filter(hasCrash).length;
  if (crashed === 0 || hit === undefined) return `${colors.bold('no crash')} in ${ofLogs}`;
  const crashes = count(groups.filter(isCrash).length, 'different crash');
  const worstWords = describeFinding(hit.finding, colors);
  return `${colors.bold(crashes)} in ${crashed} of ${ofLogs}, the worst: ${worstWords}`;
}

/** A row for each finding, and under it the logs that have it. */
function renderGroups(
  groups: readonly FindingGroup[],
  options: ClassifyTextOptions,
): readonly string[] {
  const room = titleColumnsFor(groups, options);
  const rows = room < TITLE_COLUMNS_MIN ? undefined : renderRows(groups, room, options);
  return groups.flatMap((group, index) => [
    ...(rows === undefined ? stackRow(group, options) : [rows[index] ?? '']),
    ...renderHits(group, options),
  ]);
}

/** What is left for titles beside the other columns. */
function titleColumnsFor(groups: readonly FindingGroup[], options: ClassifyTextOptions): number {
  const others = widthOf(renderRows(groups, 1, options)) - 1;
  return Math.min(TITLE_COLUMNS_MAX, options.width - others);
}

function renderRows(
  groups: readonly FindingGroup[],
  titleColumns: number,
  { colors }: ClassifyTextOptions,
): readonly string[] {
  return renderTable(
    groups.map((group) => {
      const { title, place = '' } = group.hits[0].finding;
      return [
        paintClass(group.class, colors),
        cut(toLine(title), titleColumns),
        toLine(place),
        group.signature,
        describeHits(group),
      ];
    }),
  );
}

/** The same on a narrow terminal. */
function stackRow(group: FindingGroup, { colors, width }: ClassifyTextOptions): readonly string[] {
  const second = `  ${group.signature}  ${describeHits(group)}`;
  return [...wrapWords(describeFinding(group.hits[0].finding, colors), width), second];
}

function describeHits({ class: kind, hits }: FindingGroup): string {
  const same = isCrash({ class: kind }) ? 'same crash' : 'same note';
  return hits.length === 1 ? '1 log' : `${hits.length} logs: ${same}`;
}

function renderHits({ hits }: FindingGroup, { colors }: ClassifyTextOptions): readonly string[] {
  const names = hits.map(({ log, finding: { line } }) => {
    const { file, part } = log;
    const place = line === undefined ? '' : `:${line}`;
    return `${nameOf({ file })}${place}${part === undefined ? '' : ` (${toLine(part)})`}`;
  });
  return renderFirst(names, HITS_SHOWN_MAX).map((name) => colors.dim(`  ${name}`));
}

function describeRest(logs: readonly ClassifiedLog[], skipped: number): readonly string[] {
  const empty = logs.filter(({ findings }) => findings.length === 0);
  const doubtful = empty.filter(({ passedOver }) => passedOver.length > 0).map(nameOf);
  const names = renderFirst(doubtful, NAMES_SHOWN_MAX).join(', ');
  return [
    ...(empty.length > 0 ? [`nothing recognised in ${count(empty.length, 'log')}`] : []),
    ...(doubtful.length > 0 ? [`lines that look bad, and were passed over, in: ${names}`] : []),
    ...(skipped > 0 ? [`skipped: ${count(skipped, 'file')} of other kinds`] : []),
  ];
}

function renderExample(
  { hits: [{ log, finding }] }: FindingGroup,
  options: ClassifyTextOptions,
): readonly string[] {
  const [title = '', ...rest] = renderFinding(finding, log, options, EXCERPT_LINES_MAX);
  return [title, options.colors.dim(`  in ${nameOf(log)}`), ...rest];
}
