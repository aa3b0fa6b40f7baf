/** One log as it is: the findings of a run's own triage, and what people need besides to trust them. */
import { omitUndefined } from '../omit-undefined.ts';
import { toPrintable } from '../text.ts';
import { createBootStages } from '../verdict/boot/boot-stages.ts';
import { explains } from '../verdict/consequences.ts';
import { isCrash } from '../verdict/finding.ts';
import { createLineSplitter } from '../verdict/lines/line-splitter.ts';
import { createWordSearch } from '../verdict/lines/word-search.ts';
import type { ClassifiedFinding, ClassifiedLog } from './classification.ts';
import type { CountingDedup, Range } from './counting-dedup.ts';
import { createDoubtfulLines, DOUBTFUL_WORDS } from './doubtful-lines.ts';
import { inFile } from './file-lines.ts';
import { createKernelSigns, guessStream } from './guess-stream.ts';
import { createKernelFacts, FACT_WORDS } from './kernel-facts.ts';
import { createLineIndex } from './line-index.ts';
import { LOG_STREAMS, type LogStream } from './log-stream.ts';
import { type KnownFailures, matchExpectations } from './match-expectations.ts';
import { passedOverIn } from './passed-over.ts';
import { createFindingReader, type PlacedFinding } from './placed-findings.ts';
import { channelOf, programDeathsIn } from './program-deaths.ts';
import { createRecentText } from './recent-text.ts';

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

/** Long enough for any report to be over, so that it is known which lines are its own. */
const SETTLED_BYTES = 1 << 19;
/** Larger chunks might have more lines than are remembered. */
const SLICE_BYTES = 1 << 16;
const PASSED_OVER_MAX = 50;
/** A log that names containers endlessly must not fill memory. */
const CHANNELS_MAX = 100;

const findWord = createWordSearch([...new Set<string>([...FACT_WORDS, ...DOUBTFUL_WORDS])]);

/** Classifies one stream of bytes in linear time and bounded memory. */
export function createOneClassifier(options: ClassifyOptions): LogClassifier {
  const index = createLineIndex();
  const recent = createRecentText();
  const readers = {
    console: createFindingReader('console', index, recent),
    agent: createFindingReader('agent', index, recent),
  };
  const splitter = createLineSplitter();
  const facts = createKernelFacts();
  const doubtful = createDoubtfulLines();
  const stages = createBootStages();
  const signs = createKernelSigns();
  let bytes = 0;

  const kernelChannels = new Set<string>();

  function lookAt({ text, start, end }: { text: string } & Range): void {
    const line = index.lineAt(start);
    if (text.includes('Linux version ') && kernelChannels.size < CHANNELS_MAX) {
      kernelChannels.add(channelOf(text) ?? '');
    }
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
    if (doubtful.isFull) {
      const ranges = LOG_STREAMS.flatMap((name) => readers[name].dedup.ranges);
      doubtful.settle(ranges, bytes - SETTLED_BYTES);
    }
  }

  function findPrograms(): readonly PlacedFinding[] {
    return programDeathsIn(readers.agent, kernelChannels, readers.console.dedup.ranges);
  }

  function end(firstLine: number | undefined): ReturnType<LogClassifier['end']> {
    const last = splitter.end();
    if (last !== undefined) lookAt(last);
    for (const name of LOG_STREAMS) readers[name].end();
    const { kernel, arch, machine, boots } = facts.facts;
    const named = findPrograms();
    const found = {
      console: readers.console.placed.map(({ finding }) => finding),
      agent: readers.agent.placed.map(({ finding }) => finding),
    };
    const guess = guessStream(signs.weigh(index.lines, boots.length), found, named);
    const stream = options.stream ?? guess.stream;
    const { placed: own, dedup } = readers[stream];
    const programs = options.stream === undefined && stream === 'console' ? named : [];
    const placed = withPrograms(own, programs);
    const passedOver = passedOverIn(doubtful, readers, stream, programs);
    const shift = inFile(firstLine);
    return {
      stream,
      streamGuessed: options.stream === undefined,
      ...(options.stream === undefined ? { streamReason: guess.reason } : {}),
      ...omitUndefined({ kernel, arch, machine }),
      ...(stream === 'console' ? { bootStage: stages.stage } : {}),
      boots: boots.map((line) => line + (firstLine ?? 1) - 1),
      lines: index.lines,
      bytes,
      findings: placed.map((one) => {
        const isProgram = programs.includes(one);
        const counts = isProgram ? readers.agent.dedup : dedup;
        return shift(describe(one, isProgram ? [] : own, counts, options));
      }),
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

/** The first crash of all comes first; among themselves they keep the order of a run. */
function withPrograms(
  own: readonly PlacedFinding[],
  programs: readonly PlacedFinding[],
): readonly PlacedFinding[] {
  const placed = [...own];
  for (const program of programs) {
    const at = placed.findIndex(({ finding }) => finding.start > program.finding.start);
    placed.splice(at === -1 ? placed.length : at, 0, program);
  }
  return placed;
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
