/**
 * Most tests of a run passed or were skipped, and nobody looks at most of them. So that a page with ten
 * thousand of them opens at once, those of a cell that stand together are lines of one text, which can be
 * read and searched as they are. This is their form; `plain-rows.ts` makes rows of them.
 */

/** When something was on the axis of its cell, in thousandths of it. */
export interface BarPart {
  readonly from: number;
  readonly length: number;
}

export interface PlainTest {
  readonly file: string;
  readonly verdict: string;
  /** `812 ms`; empty if it did not run. */
  readonly took: string;
  /** Its guest's number; empty if it had none. */
  readonly guest: string;
  readonly title: string;
  readonly traits: readonly string[];
  /** Why it was skipped; empty if it was not. */
  readonly reason: string;
  readonly ran?: BarPart | undefined;
  /** When its guest came up for it. */
  readonly cameUp?: BarPart | undefined;
  readonly isBooted: boolean;
  /** The first log of its guest that is on the page. */
  readonly log?: string | undefined;
}

/**
 * What of the tests is for readers: a line each, in columns that tabs align.
 * @param file Around them; a line of its own names each other one, which has no tab.
 */
export function textOf(tests: readonly PlainTest[], file: string): string {
  const lines: string[] = [];
  let last = file;
  for (const test of tests) {
    if (test.file !== last) lines.push(toField(test.file));
    last = test.file;
    const { verdict, took, guest, title, traits, reason } = test;
    const columns = [verdict, took, guest, title, traits.join(' '), reason];
    lines.push(columns.map(toField).join('\t'));
  }
  return lines.join('\n');
}

/** What is not: `from+length` of the test and of its guest, and the log, for each test. */
export function barsOf(tests: readonly PlainTest[]): string {
  return tests
    .map(({ ran, cameUp, isBooted, log = '' }) => {
      const up = `${sayPart(cameUp)}${cameUp !== undefined && isBooted ? 'b' : ''}`;
      return `${sayPart(ran)}/${up}/${log}`;
    })
    .join(' ');
}

/** Reads both back. */
export function plainTestsOf(text: string, bars: string, around: string): readonly PlainTest[] {
  const rest = bars.split(' ').values();
  let file = around;
  return text.split('\n').flatMap((line) => {
    if (!line.includes('\t')) {
      file = line;
      return [];
    }
    const [verdict = '', took = '', guest = '', title = '', traits = '', reason = ''] =
      line.split('\t');
    const [ran = '', cameUp = '', log = ''] = rest.next().value?.split('/') ?? [];
    return {
      ...{ file, verdict, took, guest, title, reason },
      traits: traits.split(' ').filter(Boolean),
      ...{ ran: partOf(ran), cameUp: partOf(cameUp), isBooted: cameUp.endsWith('b') },
      log: log || undefined,
    };
  });
}

/** The outline of a part of a bar. */
export function pathOf(
  { from, length }: BarPart,
  { top, height }: { readonly top: number; readonly height: number },
): string {
  return `M${from} ${top}h${length}v${height}h-${length}z`;
}

/** A guest that comes up is thin, a test that runs is thick. */
export const THIN = { top: 3, height: 2 } as const;
export const THICK = { top: 0, height: 8 } as const;

function toField(text: string): string {
  return text.replaceAll(/[\t\n]+/g, ' ');
}

function sayPart(part: BarPart | undefined): string {
  return part === undefined ? '' : `${part.from}+${part.length}`;
}

function partOf(text: string): BarPart | undefined {
  const match = /^(\d+)\+(\d+)/.exec(text);
  return match === null ? undefined : { from: Number(match[1]), length: Number(match[2]) };
}
