/** One finding of a log, and the lines that belong to none, for people. */
import type {
  ClassifiedFinding,
  ClassifiedLog,
  MatchingExpectation,
  PassedOver,
} from '../classify/classification.ts';
import { isNamedIn } from '../classify/named-in.ts';
import { count } from '../phrases.ts';
import type { Colors } from '../reporters/paint.ts';
import { toLine } from '../text.ts';
import { type FindingClass, isCrash } from '../verdict/finding.ts';
import { type Layout, renderExcerpt, renderLine } from './classify-excerpt-text.ts';
import { wrapWords } from './wrap-words.ts';

export interface ClassifyTextOptions extends Layout {
  /** A command as the user would type it. */
  command(words: readonly string[]): string;
}

const NAME_LENGTH_MAX = 500;
const TITLE_LENGTH_MAX = 400;
/** A healthy log has some of each, which nobody wants to read past. */
const ALARMS_SHOWN_MAX = 10;
const ERRORS_SHOWN_MAX = 5;
const EXCERPT_LINES_MAX = 16;
/** Room for the words that say what a line is about. */
const LABEL_COLUMNS = 13;

export function nameOf({ file, part }: Pick<ClassifiedLog, 'file' | 'part'>): string {
  const name = file === '-' ? 'standard input' : toLine(file, NAME_LENGTH_MAX);
  return part === undefined ? name : `${name} (${toLine(part, NAME_LENGTH_MAX)})`;
}

export function paintClass(kind: FindingClass, { bold, red, yellow }: Colors): string {
  return isCrash({ class: kind }) ? bold(red(kind)) : yellow(kind);
}

/** `kernel-oops NULL pointer dereference at do_it`. */
export function describeFinding(finding: ClassifiedFinding, colors: Colors): string {
  return `${paintClass(finding.class, colors)} ${describeTitle(finding)}`;
}

/** The title, with the place if it does not say it. */
export function describeTitle({ title, place }: ClassifiedFinding): string {
  const line = toLine(title, TITLE_LENGTH_MAX);
  return place === undefined || line.includes(place) ? line : `${line} at ${toLine(place)}`;
}

/** @param isOneOfMany Then the log is named, and a panic is shown with the lines of what led to it. */
export function renderFinding(
  finding: ClassifiedFinding,
  log: Pick<ClassifiedLog, 'file' | 'part' | 'findings'>,
  { colors, width }: Layout,
  {
    linesMax = EXCERPT_LINES_MAX,
    isOneOfMany = false,
  }: { readonly linesMax?: number; readonly isOneOfMany?: boolean } = {},
): readonly string[] {
  const { place, signature, explainedBy, expectations, impossible } = finding;
  const cause = log.findings.find((other) => other.signature === explainedBy);
  const causeWords = cause && `${cause.class} ${toLine(cause.title)}`;
  const origin = isOneOfMany ? log.findings.find((other) => isNamedIn(finding, other)) : undefined;
  const where = [
    ...(isOneOfMany ? [`${nameOf(log)}, `] : []),
    describeWhere(finding),
    ...(origin === undefined ? [] : [`; what led to it: ${describeWhere(origin)}`]),
  ].join('');
  const rows: readonly (readonly [label: string, text: string | undefined])[] = [
    ['place', place],
    ['signature', signature],
    ['where', where],
    [cause !== undefined && isNamedIn(cause, finding) ? 'led to' : 'explained by', causeWords],
    ['impossible', impossible && `${impossible}: what executed the guest is at fault`],
    ...(expectations ?? []).map((entry) => ['expected', describeEntry(entry)] as const),
    [
      'expected',
      expectations?.length === 0 && isCrash(finding)
        ? 'no: no entry has this signature'
        : undefined,
    ],
  ];
  return [
    ...wrapWords(describeFinding(finding, colors), width),
    ...rows.flatMap(([label, text]) =>
      text === undefined ? [] : renderRow(label, toLine(text, NAME_LENGTH_MAX), width, colors),
    ),
    ...renderExcerpt(origin ?? finding, linesMax, { colors, width }),
  ];
}

function renderRow(label: string, text: string, width: number, { dim }: Colors): readonly string[] {
  const indent = 2 + LABEL_COLUMNS;
  return wrapWords(text, Math.max(width - indent, indent)).map((line, index) =>
    index === 0 ? `  ${dim(label.padEnd(LABEL_COLUMNS))}${line}` : `${' '.repeat(indent)}${line}`,
  );
}

function describeWhere({
  line,
  endLine = line,
  start,
  end,
  seen,
  isCut,
}: ClassifiedFinding): string {
  const lines =
    line === undefined
      ? `bytes ${start} to ${end}`
      : endLine === line
        ? `line ${line}`
        : `lines ${line} to ${endLine}`;
  return [
    lines,
    ...(seen > 1 ? [`the first of ${seen} such reports`] : []),
    ...(isCut ? ['its end was not seen'] : []),
  ].join('; ');
}

function describeEntry(entry: MatchingExpectation): string {
  const { file, line, outcome, title, reason, link, owner, expires, isExpired, where } = entry;
  return [
    `${file}:${line}${title === undefined ? '' : ` "${title}"`}: ${outcome} of ${where}`,
    reason,
    ...(link === undefined ? [] : [link]),
    ...(owner === undefined ? [] : [`owner ${owner}`]),
    isExpired ? `expired after ${expires}` : `until ${expires}`,
  ].join('; ');
}

export function renderPassedOver(
  { passedOver, passedOverDropped }: ClassifiedLog,
  { colors, width }: Layout,
): readonly string[] {
  if (passedOver.length === 0) return [];
  const errors = passedOver.filter(({ kind }) => kind === 'error').slice(0, ERRORS_SHOWN_MAX);
  const alarms = passedOver.filter(({ kind }) => kind !== 'error').slice(0, ALARMS_SHOWN_MAX);
  const shown = passedOver.filter((one) => errors.includes(one) || alarms.includes(one));
  const total = passedOver.length + passedOverDropped;
  const digits = String(shown.at(-1)?.line ?? '').length;
  const more = total - shown.length;
  const inJson = passedOverDropped > 0 ? '' : ': --json lists them';
  const belongs =
    total === 1 ? 'line looks bad but belongs' : 'different lines look bad but belong';
  return [
    ...wrapWords(`${colors.bold('passed over')}: ${total} ${belongs} to no finding`, width),
    ...shown.flatMap((one) => [
      renderLine(one.text, one.line, digits, { colors, width }),
      ...wrapWords(remarkOn(one), Math.max(20, width - digits - 6))
        .filter((part) => part !== '')
        .map((part) => `  ${' '.repeat(digits)}   ${colors.dim(part)}`),
    ]),
    ...(more > 0
      ? [colors.dim(`  ${' '.repeat(digits)} … ${count(more, 'more line')}${inJson}`)]
      : []),
  ];
}

/** What the line itself does not say. */
function remarkOn({ kind, why, seen }: PassedOver): string {
  return [
    ...(kind === 'program' || kind === 'kernel' ? [why] : []),
    ...(seen > 1 ? [`the first of ${seen} such lines`] : []),
  ].join('; ');
}
