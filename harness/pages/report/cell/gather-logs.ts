/**
 * What of a run's logs goes into its page. Guests of what went wrong come first, in the order of the
 * report; then what they were restored from; then, as far as there is room, all the others.
 */
import { deflateRawSync } from 'node:zlib';
import { isAsExpected, newLooseCrashes } from '../../../report/expected.ts';
import type { CellReport, RunReport, TestReport } from '../../../report/schema.ts';
import { formatCommand } from '../../../shell-command.ts';
import { cut } from '../../../text.ts';
import type { PackedGuest, PackedGuests, PackedLog } from '../../client/packed-logs.ts';
import { folderAddress } from '../../folder-link.ts';
import { describeGuest } from './describe-guest.ts';
import { partsOf } from './log-parts.ts';
import { linesOf, markOf } from './log-text.ts';
import {
  guestFolder,
  LOG_FILES,
  type LogExcerpt,
  type LogGuest,
  type LoggedFinding,
  type LogPack,
  logOf,
  type PageLog,
  type PageLogs,
} from './page-logs.ts';
import type { PageScope } from './page-scope.ts';

/** Reads a file of the run's folder; undefined if it is not there, or is too large to be looked at. */
export type ReadLog = (path: readonly string[]) => Uint8Array | undefined;

export interface LogLimits {
  /** Of all packs, in base64. */
  readonly packedMax: number;
  /** Guests whose logs are read. */
  readonly guestsMax: number;
}

/** Leaves room for the rest in a page of 5 MB. */
const LIMITS: LogLimits = { packedMax: 2_500_000, guestsMax: 6000 };

/** Around a finding. */
const CONTEXT_LINES = 5;
/** Of a finding's own lines. */
const EXCERPT_LINES_MAX = 60;
const EXCERPT_LENGTH_MAX = 500;

export interface GatherInput {
  readonly report: RunReport;
  readonly scope: PageScope;
  readonly read: ReadLog;
  /** Of the run, as seen from the page. */
  readonly folder: string | undefined;
}

export function gatherLogs(input: GatherInput, limits: LogLimits = LIMITS): PageLogs {
  const gatherer = new LogGatherer(input, limits);
  for (const tier of TIERS) {
    for (const cell of input.report.cells) gatherer.addTier(cell, tier(cell, input.scope));
  }
  return gatherer.logs();
}

type Tier = (cell: CellReport, scope: PageScope) => readonly LogGuest[];

const TIERS: readonly Tier[] = [
  (cell, scope) => [
    ...guestsOf(cell.tests.filter((test) => scope.hasEvidence(test) && !isAsExpected(test))),
    ...newLooseCrashes(cell).map(({ guest }) => guest),
  ],
  (cell, scope) => guestsOf(cell.tests.filter((test) => scope.hasEvidence(test))),
  ({ guests }) => (guests.some(({ from }) => from !== 'boot') ? ['template'] : []),
  (cell, scope) => guestsOf(scope.testsOf(cell)),
];

function guestsOf(tests: readonly TestReport[]): readonly number[] {
  return tests.flatMap((test) => (test.attempts ?? [test]).flatMap(({ guest }) => guest ?? []));
}

interface ReadGuest {
  /** Names of its logs. */
  readonly names: readonly string[];
  readonly excerpts: ReadonlyMap<string, LogExcerpt>;
  isPacked: boolean;
}

class LogGatherer {
  readonly #input: GatherInput;
  readonly #limits: LogLimits;
  readonly #packs: LogPack[] = [];
  /** By cell and guest. */
  readonly #guests = new Map<string, ReadGuest>();
  #packed = 0;
  #leftOut = 0;

  constructor(input: GatherInput, limits: LogLimits) {
    this.#input = input;
    this.#limits = limits;
  }

  /** Reads the logs of some guests of a cell, and packs them if there is room. */
  addTier(cell: CellReport, guests: readonly LogGuest[]): void {
    const wanted = [...new Set(guests)].filter((guest) => !this.#guests.has(keyOf(cell.id, guest)));
    if (wanted.length === 0) return;
    const hasRoom = this.#guests.size < this.#limits.guestsMax && this.#hasRoom();
    const findings = findingsByGuest(cell);
    const isEvidence = wanted.some((guest) => findings.has(guest));
    if (!hasRoom && !isEvidence) {
      this.#leftOut += wanted.length;
      return;
    }
    const packed: Record<string, PackedGuest> = {};
    const read: ReadGuest[] = [];
    for (const guest of wanted) {
      const { logs, excerpts } = this.#readGuest(cell, guest, findings.get(guest) ?? []);
      const own = { names: logs.map(({ name }) => name), excerpts, isPacked: false };
      this.#guests.set(keyOf(cell.id, guest), own);
      if (logs.length === 0) continue;
      read.push(own);
      packed[guest] = { about: describeGuest(cell, guest), logs };
    }
    if (read.length > 0) this.#pack(cell.id, packed, read);
  }

  #hasRoom(): boolean {
    // The smallest packs take a few hundred bytes.
    return this.#packed < this.#limits.packedMax - 1000;
  }

  #pack(cell: string, guests: PackedGuests, read: readonly ReadGuest[]): void {
    const data = this.#hasRoom()
      ? deflateRawSync(JSON.stringify(guests)).toString('base64')
      : undefined;
    if (data === undefined || this.#packed + data.length > this.#limits.packedMax) {
      this.#leftOut += read.length;
      return;
    }
    this.#packed += data.length;
    this.#packs.push({ cell, data });
    for (const guest of read) guest.isPacked = true;
  }

  #readGuest(
    cell: CellReport,
    guest: LogGuest,
    findings: readonly LoggedFinding[],
  ): { logs: readonly PackedLog[]; excerpts: ReadGuest['excerpts'] } {
    const excerpts = new Map<string, LogExcerpt>();
    const logs = Object.entries(LOG_FILES).flatMap(([name, file]): PackedLog[] => {
      const path = [...guestFolder(cell.id, guest), file];
      const command = commandOf(cell, guest);
      const bytes =
        name === 'command' && command !== undefined
          ? new TextEncoder().encode(formatCommand(command))
          : this.#input.read(path);
      if (bytes === undefined || bytes.length === 0) return [];
      const lines = linesOf(bytes);
      const marks = findings
        .filter((finding) => logOf(finding) === name)
        .flatMap((finding) => {
          const mark = markOf(bytes, lines, finding);
          if (mark === undefined) return [];
          excerpts.set(`${name}/${finding.start}`, excerptOf(lines, mark));
          return [mark];
        });
      const href = folderAddress(this.#input.folder, path);
      const parts = partsOf(lines, marks);
      return [{ name, ...(href === undefined ? {} : { href }), lines: lines.length, parts, marks }];
    });
    return { logs, excerpts };
  }

  logs(): PageLogs {
    const find = (cell: string, guest: LogGuest) => this.#guests.get(keyOf(cell, guest));
    const note = noteOf(this.#leftOut);
    return {
      logsOf: (cell, guest) => {
        const found = find(cell, guest);
        const isPacked = found?.isPacked === true;
        return (found?.names ?? []).map((name): PageLog => {
          return { name, path: [...guestFolder(cell, guest), LOG_FILES[name] ?? name], isPacked };
        });
      },
      excerptOf: (cell, guest, { source, start }) =>
        find(cell, guest)?.excerpts.get(`${source}/${start}`),
      packs: this.#packs,
      ...(note === undefined ? {} : { note }),
    };
  }
}

function keyOf(cell: string, guest: LogGuest): string {
  return `${cell}\n${guest}`;
}

/** Of all attempts, and outside of tests. */
function findingsByGuest({
  tests,
  findings: loose,
}: CellReport): ReadonlyMap<LogGuest, readonly LoggedFinding[]> {
  const found = new Map<LogGuest, LoggedFinding[]>();
  const add = (guest: number | undefined, finding: LoggedFinding): void => {
    if (guest === undefined) return;
    const own = found.get(guest) ?? [];
    found.set(guest, own);
    const isThere = own.some(
      ({ source, start }) => source === finding.source && start === finding.start,
    );
    if (!isThere) own.push(finding);
  };
  for (const test of tests) {
    for (const { guest, findings } of test.attempts ?? [test]) {
      for (const finding of findings) add(guest, finding);
    }
  }
  for (const { guest, finding } of loose) add(guest, finding);
  return found;
}

function commandOf({ guests }: CellReport, guest: LogGuest): readonly string[] | undefined {
  return guests.find(({ number }) => number === guest)?.command;
}

function excerptOf(
  lines: readonly string[],
  { first, last, deciding }: Omit<LogExcerpt, 'lines'>,
): LogExcerpt {
  const from = Math.max(1, first - CONTEXT_LINES);
  const to = Math.min(lines.length, Math.min(last, first + EXCERPT_LINES_MAX) + CONTEXT_LINES);
  const numbered = lines
    .slice(from - 1, to)
    .map((text, index) => ({ number: from + index, text: cut(text, EXCERPT_LENGTH_MAX) }));
  return { first, last, deciding, lines: numbered };
}

function noteOf(leftOut: number): string | undefined {
  if (leftOut === 0) return undefined;
  const guests = leftOut === 1 ? '1 guest' : `${leftOut} guests`;
  return `For want of room, the logs of ${guests} are not on this page: links lead to their files.`;
}
