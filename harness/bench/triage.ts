import { readFileSync } from 'node:fs';
import { createConsoleTriage } from '../verdict/console-triage.ts';
import type { Triage } from '../verdict/triage.ts';
import { type Figure, median } from './figure.ts';

const SIZE = 100_000_000;
/** Much slower logs are measured with less of them. */
const WORST_SIZE = 5_000_000;
/** The size of chunks that streams deliver. */
const CHUNK = 65_536;
const ROUNDS = 3;
const BOOTS_TO_A_REPORT = 20;

const folder = new URL('../verdict/testdata/console/', import.meta.url);

/**
 * How fast a console is searched, in CPU time, since the host may have other things to do. One log
 * is what guests print, boots with an occasional report; the others are worst cases.
 */
export async function measureTriage(): Promise<Figure[]> {
  const boot = bodyOf('clean-boot-6.12.txt');
  const report = bodyOf('null-dereference-6.12.txt');
  const boots = Array.from({ length: BOOTS_TO_A_REPORT }, () => boot);
  const stamped = (text: string) => Buffer.from(`[   12.345678] ${text}\r\n`);
  const worst: Readonly<Record<string, Buffer>> = {
    'nothing but reports': report,
    'every line begins a report': stamped('BUG: nothing is what it was'),
    'words of reports in every line': stamped('no panic: WARNING: and BUG: are words'),
    'one line of words of reports': Buffer.from('BUG: x '.repeat(1000)),
  };
  return [
    figureOf(
      'boots, with an occasional report',
      Buffer.alloc(SIZE, Buffer.concat([...boots, report])),
    ),
    figureOf('one endless line', Buffer.alloc(SIZE, 'nothing of interest, ')),
    ...Object.entries(worst).map(([note, part]) => figureOf(note, Buffer.alloc(WORST_SIZE, part))),
    figureOf('random bytes', randomBytes(WORST_SIZE)),
  ];
}

function figureOf(what: string, log: Buffer): Figure {
  const value = Math.round(median(Array.from({ length: ROUNDS }, () => measure(log))));
  const note = `${log.length / 1_000_000} MB, CPU time`;
  return { name: `console: ${what}`, value, unit: 'MB/s', note };
}

function measure(log: Buffer): number {
  const before = process.cpuUsage();
  feed(createConsoleTriage(), log);
  const { user, system } = process.cpuUsage(before);
  return log.length / (user + system);
}

function feed(triage: Triage, log: Buffer): void {
  for (let at = 0; at < log.length; at += CHUNK) triage.push(log.subarray(at, at + CHUNK));
  triage.end();
}

function bodyOf(name: string): Buffer {
  const whole = readFileSync(new URL(name, folder));
  return whole.subarray(whole.indexOf('\n\n') + 2);
}

/** The same bytes every time: Marsaglia's generator xorshift32. */
function randomBytes(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  let state = 2463534242;
  for (let at = 0; at < size; at += 4) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes.writeInt32LE(state | 0, at);
  }
  return bytes;
}
