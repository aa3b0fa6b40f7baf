/** One log: the findings of a run's own triage, and what people need besides to trust them. */
import { omitUndefined } from '../omit-undefined.ts';
import { toPrintable } from '../text.ts';
import { createAgentTriage } from '../verdict/agent-triage.ts';
import { createBootStages } from '../verdict/boot/boot-stages.ts';
import { explains } from '../verdict/consequences.ts';
import { createConsoleTriage } from '../verdict/console-triage.ts';
import { type Finding, isCrash } from '../verdict/finding.ts';
import { createLineSplitter } from '../verdict/lines/line-splitter.ts';
import { createWordSearch } from '../verdict/lines/word-search.ts';
import type { ClassifiedFinding, ClassifiedLog, PassedOver } from './classification.ts';
import { type CountingDedup, createCountingDedup, type Range } from './counting-dedup.ts';
import { createDoubtfulLines, DOUBTFUL_WORDS, type DoubtfulLine } from './doubtful-lines.ts';
import { createKernelSigns, guessStream } from './guess-stream.ts';
import { createKernelFacts, FACT_WORDS } from './kernel-facts.ts';
import { createLineIndex, type LineIndex } from './line-index.ts';
import { LOG_STREAMS, type LogStream } from './log-stream.ts';
import { type KnownFailures, matchExpectations } from './match-expectations.ts';
import { createRecentText, numberLines, type RecentText } from './recent-text.ts';

export interface ClassifyOptions {
  /** Undefined: guessed. */
  readonly stream: LogStream | undefined;
  readonly known: KnownFailures | undefined;
  /** ISO 8601. */
  readonly today: string;
}

export interface LogClassifier {
  push(chunk: Uint8Array): void;
  /** @param firstLine The number of the log's first line in its file; undefined: not known. */
  end(firstLine: number | undefined): Omit<ClassifiedLog, 'file' | 'part'>;
}

/** A finding with its lines, which are known for a while only. */
interface PlacedFinding {
  readonly finding: Finding;
  readonly line: number | undefined;
  readonly endLine: number | undefined;
  readonly excerptLines: readonly (number | null)[] | undefined;
}

/** Larger chunks might have more lines than are remembered. */
const SLICE_BYTES = 1 << 16;
const PASSED_OVER_MAX = 50;

const findWord = createWordSearch([...new Set<string>([...FACT_WORDS, ...DOUBTFUL_WORDS])]);

/** Classifies one stream of bytes in linear time and bounded memory. */
export function createLogClassifier(options: ClassifyOptions): LogClassifier {
  const index = createLineIndex();
  const recent = createRecentText();
  const readers = {
    console: createReader('console', index, recent),
    agent: createReader('agent', index, recent),
  };
  const splitter = createLineSplitter();
  const facts = createKernelFacts();
  const doubtful = createDoubtfulLines();
  const stages = createBootStages();
  const signs = createKernelSigns();
  let bytes = 0;

  function lookAt({ text, start, end }: { text: string } & Range): void {
    const line = index.lineAt(start);
    facts.take(text, line);
    doubtful.take(text, { start, end }, line);
  }

  function take(slice: Uint8Array): void {
    bytes += slice.length;
    index.push(slice);
    recent.push(slice);
    stages.push(slice);
    signs.push(slice);
    splitter.scan(slice, findWord, lookAt);
    for (const name of LOG_STREAMS) readers[name].push(slice);
  }

  function end(firstLine: number | undefined): ReturnType<LogClassifier['end']> {
    const last = splitter.end();
    if (last !== undefined) lookAt(last);
    for (const name of LOG_STREAMS) readers[name].end();
    const { kernel, arch, machine, boots } = facts.facts;
    const guess = guessStream(signs.describe(index.lines, boots.length), {
      console: readers.console.placed.map(({ finding }) => finding),
      agent: readers.agent.placed.map(({ finding }) => finding),
    });
    const stream = options.stream ?? guess.stream;
    const { placed, dedup } = readers[stream];
    const other = readers[stream === 'console' ? 'agent' : 'console'];
    const findings = placed.map((one) => describe(one, placed, dedup, options));
    const isOther = ({ finding }: PlacedFinding): boolean =>
      isCrash(finding) && !dedup.ranges.some((range) => overlaps(range, finding));
    const others = other.placed.filter(isOther);
    const ranges = [...dedup.ranges, ...(others.length === 0 ? [] : other.dedup.ranges)];
    const lines = doubtful
      .outside(ranges)
      .filter(({ isGrave }) => isGrave || findings.length === 0);
    const passedOver = [
      ...others.map((one) => describeOther(one, stream)),
      ...lines
        .toSorted((one, two) => Number(two.isGrave) - Number(one.isGrave))
        .map(describeDoubtful),
    ];
    const shift = createShift(firstLine);
    return {
      stream,
      streamGuessed: options.stream === undefined,
      ...(options.stream === undefined ? { streamReason: guess.reason } : {}),
      ...omitUndefined({ kernel, arch, machine }),
      ...(stream === 'console' ? { bootStage: stages.stage } : {}),
      boots: boots.map((line) => line + (firstLine ?? 1) - 1),
      lines: index.lines,
      bytes,
      findings: findings.map(shift),
      findingsDropped: dedup.dropped,
      passedOver: passedOver
        .slice(0, PASSED_OVER_MAX)
        .map(shift)
        .toSorted((one, two) => (one.line ?? 0) - (two.line ?? 0)),
      passedOverDropped: Math.max(0, passedOver.length - PASSED_OVER_MAX) + doubtful.dropped,
    };
  }

  return {
    push(chunk) {
      for (let at = 0; at < chunk.length; at += SLICE_BYTES) {
        take(chunk.subarray(at, at + SLICE_BYTES));
      }
    },
    end,
  };
}

interface WithLines {
  readonly line?: number;
  readonly endLine?: number;
  readonly excerptLines?: readonly (number | null)[];
}

/** From lines of the log to those of its file; leaves them out if nobody knows these. */
function createShift(firstLine: number | undefined): <T extends WithLines>(one: T) => T {
  return (one) => {
    const { line, endLine, excerptLines, ...rest } = one;
    if (firstLine === undefined) return rest as typeof one;
    const by = firstLine - 1;
    const shifted = omitUndefined({
      line: line === undefined ? undefined : line + by,
      endLine: endLine === undefined ? undefined : endLine + by,
      excerptLines: excerptLines?.map((number) => (number === null ? null : number + by)),
    });
    return { ...rest, ...shifted } as typeof one;
  };
}

interface Reader {
  push(slice: Uint8Array): void;
  end(): void;
  readonly placed: readonly PlacedFinding[];
  readonly dedup: CountingDedup;
}

const TRIAGES = { console: createConsoleTriage, agent: createAgentTriage };

function createReader(stream: LogStream, index: LineIndex, recent: RecentText): Reader {
  const dedup = createCountingDedup();
  const triage = TRIAGES[stream](dedup);
  const placed: PlacedFinding[] = [];
  function keep(findings: readonly Finding[]): void {
    for (const finding of findings) {
      const line = index.lineAt(finding.start);
      const text = line === undefined ? undefined : recent.read(finding);
      const excerptLines =
        line === undefined || text === undefined
          ? undefined
          : numberLines(linesOf(finding.excerpt), text, line);
      placed.push({ finding, line, endLine: index.lineAt(finding.end - 1), excerptLines });
    }
  }
  return {
    push: (slice) => keep(triage.push(slice)),
    end: () => keep(triage.end()),
    placed,
    dedup,
  };
}

function linesOf(excerpt: string): readonly string[] {
  return toPrintable(excerpt).replace(/\n$/, '').split('\n');
}

function overlaps(one: Range, other: Range): boolean {
  return one.start < other.end && other.start < one.end;
}

function describe(
  { finding, line, endLine, excerptLines }: PlacedFinding,
  all: readonly PlacedFinding[],
  dedup: CountingDedup,
  { known, today }: ClassifyOptions,
): ClassifiedFinding {
  const { class: kind, title, place, signature, source, start, end } = finding;
  const { isCut = false, excerpt, impossible } = finding;
  const cause = isCrash(finding)
    ? all.find((other) => other.finding !== finding && explains(other.finding, finding))
    : undefined;
  return {
    class: kind,
    title: toPrintable(title),
    ...omitUndefined({ place: place === undefined ? undefined : toPrintable(place) }),
    signature,
    source,
    ...omitUndefined({ line, endLine }),
    ...{ start, end, isCut, seen: dedup.timesSeen(finding), excerpt: toPrintable(excerpt) },
    ...omitUndefined({ excerptLines }),
    ...omitUndefined({ explainedBy: cause?.finding.signature, impossible }),
    ...(known === undefined ? {} : { expectations: matchExpectations(signature, known, today) }),
  };
}

const OTHER_STREAM = {
  console: {
    kind: 'program',
    why: "a program's crash: on a console it counts only if PID 1 died of it; --stream agent takes it",
  },
  agent: { kind: 'kernel', why: "a kernel's report; --stream console takes it" },
} as const;

function describeOther({ finding, line }: PlacedFinding, stream: LogStream): PassedOver {
  return {
    ...omitUndefined({ line }),
    text: toPrintable(finding.excerpt.split('\n', 1)[0] ?? ''),
    ...OTHER_STREAM[stream],
  };
}

function describeDoubtful({ line, text, word }: DoubtfulLine): PassedOver {
  return { ...omitUndefined({ line }), text, why: `says "${word}"`, kind: 'word' };
}
