/** Several logs, for people: a table of what is in them, and each finding once with its lines. */
import type { ClassifiedLog } from '../classify/classification.ts';
import { type FindingGroup, groupFindings } from '../classify/group-findings.ts';
import { hasCrash } from '../classify/worst.ts';
import { count, renderFirst } from '../phrases.ts';
import { renderTable, widthOf } from '../reporters/table.ts';
import { cut, toLine } from '../text.ts';
import { textWidth } from '../text-width.ts';
import { isCrash } from '../verdict/finding.ts';
import {
  type ClassifyTextOptions,
  describeFinding,
  describeTitle,
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
/** With less, titles would lose what tells them apart. */
const TITLE_COLUMNS_MIN = 60;
const TITLE_COLUMNS_MAX = 120;
/** As wide as the longest class, and two spaces. */
const CLASS_COLUMNS = 14;

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
  const crashes = groups.filter(isCrash).length;
  const [words, isWorst] =
    crashes === 1 ? ['1 crash', ''] : [`${crashes} different crashes`, ', the worst'];
  const worstWords = describeFinding(hit.finding, colors);
  return `${colors.bold(words)} in ${crashed} of ${ofLogs}${isWorst}: ${worstWords}`;
}

/** A row for each finding, and under it the logs that have it. */
function renderGroups(
  groups: readonly FindingGroup[],
  options: ClassifyTextOptions,
): readonly string[] {
  const room = titleColumnsFor(groups, options);
  const longest = Math.max(0, ...groups.map((group) => textWidth(titleOf(group))));
  const isTable = room >= Math.min(longest, TITLE_COLUMNS_MIN);
  const rows = isTable ? renderRows(groups, room, options) : [];
  return groups.flatMap((group, index) => [
    ...(isTable ? [rows[index] ?? ''] : stackRow(group, options)),
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
    groups.map((group) => [
      paintClass(group.class, colors),
      cutMiddle(titleOf(group), titleColumns),
      group.signature,
      count(group.hits.length, 'log'),
    ]),
  );
}

/** With the place, which most titles have at their end. */
function titleOf({ hits }: FindingGroup): string {
  return describeTitle(hits[0].finding);
}

/** Both ends of a title matter. */
function cutMiddle(text: string, length: number): string {
  if (text.length <= length) return text;
  const tail = Math.floor((length - 1) / 2);
  // Never inside a character.
  const end = text.slice(text.length - tail).replace(/^[\uDC00-\uDFFF]/, '');
  return cut(text, length - tail) + end;
}

/** The same on a narrow terminal. */
function stackRow(group: FindingGroup, { colors, width }: ClassifyTextOptions): readonly string[] {
  const { class: kind, signature, hits } = group;
  const indent = ' '.repeat(CLASS_COLUMNS);
  const [first = '', ...rest] = wrapWords(titleOf(group), width - CLASS_COLUMNS);
  const name = paintClass(kind, colors) + ' '.repeat(CLASS_COLUMNS - kind.length);
  return [
    `${name}${first}`,
    ...rest.map((line) => `${indent}${line}`),
    `${indent}${signature}  ${count(hits.length, 'log')}`,
  ];
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
  const doubtful = empty
    .filter(({ passedOver }) => passedOver.some(({ kind }) => kind !== 'error'))
    .map(nameOf);
  const names = renderFirst(doubtful, NAMES_SHOWN_MAX).join(', ');
  return [
    ...(empty.length > 0 && empty.length < logs.length
      ? [`nothing recognised in ${count(empty.length, 'log')}`]
      : []),
    ...(doubtful.length > 0 ? [`lines that look bad were passed over in: ${names}`] : []),
    ...describeSkipped(skipped),
  ];
}

export function describeSkipped(skipped: number): readonly string[] {
  return skipped > 0 ? [`skipped: ${count(skipped, 'file')} of other kinds`] : [];
}

function renderExample(
  { hits: [{ log, finding }] }: FindingGroup,
  options: ClassifyTextOptions,
): readonly string[] {
  return renderFinding(finding, log, options, { linesMax: EXCERPT_LINES_MAX, isOneOfMany: true });
}
