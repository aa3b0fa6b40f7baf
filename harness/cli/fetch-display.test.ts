import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { expect } from 'chai';
import { createLogUpdate } from 'log-update';
import picocolors from 'picocolors';
import type { KernelProgress } from '../kernels/kernel-context.ts';
import { createFetchLog, openFetchDisplay } from './fetch-display.ts';
import { createLiveFetches } from './live-fetches.ts';

const MIB = 1024 * 1024;
const IMAGE = { kernel: 'debian-6.12', what: 'linux-image-6.12 6.12.1-1' };

const fetching = (bytes: number, rest: Partial<KernelProgress> = {}): KernelProgress =>
  ({ kind: 'fetching', ...IMAGE, bytes, bytesTotal: 28 * MIB, ...rest }) as KernelProgress;

/** A terminal that remembers what was written to it. */
function openTerminal(): { stream: NodeJS.WriteStream; written: () => string } {
  const chunks: string[] = [];
  const stream = Object.assign(new PassThrough(), { columns: 100, rows: 40, isTTY: true });
  stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  return {
    stream: stream as unknown as NodeJS.WriteStream,
    written: () => stripVTControlCharacters(chunks.join('')),
  };
}

describe('kernels that are fetched', () => {
  let nowMs: number;
  const now = (): number => nowMs;
  beforeEach(() => {
    nowMs = 1000;
  });

  it('are told of in a log at their begin, every ten seconds, and at their end', () => {
    const lines: string[] = [];
    const { onProgress } = createFetchLog((line) => lines.push(line), now);
    onProgress(fetching(0));
    for (const second of [1, 5, 10, 11, 19, 20]) {
      nowMs = 1000 + second * 1000;
      onProgress(fetching(second * MIB));
    }
    onProgress({ kind: 'fetched', ...IMAGE, bytes: 28 * MIB });
    expect(lines).to.deep.equal([
      'debian-6.12: fetching linux-image-6.12 6.12.1-1, 28 MiB',
      'debian-6.12: linux-image-6.12 6.12.1-1, 10 MiB of 28 MiB, 1.0 MiB/s',
      'debian-6.12: linux-image-6.12 6.12.1-1, 20 MiB of 28 MiB, 1.0 MiB/s',
      'debian-6.12: fetched linux-image-6.12 6.12.1-1, 28 MiB in 20 s',
    ]);
  });

  it('are told of with what must be known, and without a size that nobody knows', () => {
    const lines: string[] = [];
    const { onProgress } = createFetchLog((line) => lines.push(line), now);
    const what = 'the list of packages of bookworm';
    onProgress({ kind: 'fetching', kernel: 'k', what, bytes: 0 });
    onProgress({ kind: 'not-fetched', kernel: 'k', what });
    onProgress({ kind: 'note', kernel: 'k', text: 'using an old list' });
    expect(lines).to.deep.equal([`k: fetching ${what}`, 'k: using an old list']);
  });

  it('are shown live on a terminal, with bytes and rate, and leave one line', () => {
    const { stream, written } = openTerminal();
    const colors = picocolors.createColors(false);
    const display = createLiveFetches(createLogUpdate(stream), colors, (line) => line, now);
    display.onProgress(fetching(0));
    display.onProgress(fetching(0, { kernel: 'debian-6.1' }));
    nowMs += 4000;
    display.onProgress(fetching(8 * MIB));
    expect(written()).to.include('fetching 2 files, 0 done  8.0 MiB, 2.0 MiB/s  4 s');
    expect(written()).to.match(/ {2}debian-6\.12 +8\.0 MiB of 28 MiB, 2\.0 MiB\/s +linux-image/);
    display.onProgress({ kind: 'fetched', ...IMAGE, bytes: 28 * MIB });
    display.onProgress({ kind: 'fetched', ...IMAGE, kernel: 'debian-6.1', bytes: 12 * MIB });
    display[Symbol.dispose]();
    expect(written().trimEnd().split('\n').at(-1)).to.equal('fetched 2 files, 40 MiB in 4 s');
  });

  const building = (done: number): KernelProgress => {
    const what = 'compiling 6.12.117';
    return { kind: 'working', kernel: 'own+v1-on', what, done, total: 1300, unit: 'objects' };
  };

  it('are told of in a log every half a minute while they are built, with the time that is left', () => {
    const lines: string[] = [];
    const { onProgress } = createFetchLog((line) => lines.push(line), now);
    const unpacking = { kernel: 'own+v1-on', what: 'unpacking linux-source-6.12' };
    onProgress({ kind: 'working', ...unpacking });
    nowMs += 31_000;
    onProgress({ kind: 'working', ...unpacking });
    onProgress({ kind: 'worked', ...unpacking });
    onProgress(building(0));
    for (let done = 1; done <= 650; done += 1) {
      nowMs += 100;
      onProgress(building(done));
    }
    onProgress({ kind: 'not-worked', kernel: 'own+v1-on', what: 'compiling 6.12.117' });
    expect(lines).to.deep.equal([
      'own+v1-on: unpacking linux-source-6.12',
      'own+v1-on: unpacking linux-source-6.12, 31 s',
      'own+v1-on: unpacking linux-source-6.12: done in 31 s',
      'own+v1-on: compiling 6.12.117',
      'own+v1-on: compiling 6.12.117, 300 of 1300 objects, about 1 min 40 s left',
      'own+v1-on: compiling 6.12.117, 600 of 1300 objects, about 1 min 10 s left',
    ]);
  });

  it('are shown live while they are built, each with a line that stays', () => {
    const { stream, written } = openTerminal();
    const colors = picocolors.createColors(false);
    const display = createLiveFetches(createLogUpdate(stream), colors, (line) => line, now);
    display.onProgress(building(0));
    nowMs += 30_000;
    display.onProgress(building(650));
    expect(written()).to.include('preparing kernels  30 s');
    expect(written()).to.match(
      / {2}own\+v1-on +650 of 1300 objects, about 30 s left +compiling 6\.12\.117/,
    );
    nowMs += 31_000;
    display.onProgress({ kind: 'worked', kernel: 'own+v1-on', what: 'compiling 6.12.117' });
    display[Symbol.dispose]();
    expect(written().split('\n')).to.include('own+v1-on: compiling 6.12.117: done in 1 min 01 s');
  });

  it('have a clock that goes on while nothing is told about them', () => {
    const { stream, written } = openTerminal();
    const colors = picocolors.createColors(false);
    let tick: (() => void) | undefined;
    const repeat = (draw: () => void): (() => void) => {
      tick = draw;
      return () => {
        tick = undefined;
      };
    };
    const log = createLogUpdate(stream);
    const display = createLiveFetches(log, colors, (line) => line, now, repeat);
    expect(tick, 'before anything is fetched').to.equal(undefined);
    display.onProgress({ kind: 'working', kernel: 'own', what: 'unpacking linux-source-6.12' });
    nowMs += 12_000;
    tick?.();
    expect(written()).to.match(/ {2}own +12 s +unpacking linux-source-6\.12/);
    display[Symbol.dispose]();
    expect(tick, 'in the end').to.equal(undefined);
  });

  it('leave the time out of the rate in which nothing was fetched', () => {
    const { stream, written } = openTerminal();
    const colors = picocolors.createColors(false);
    const display = createLiveFetches(createLogUpdate(stream), colors, (line) => line, now);
    const unpacking = { kernel: 'debian-6.12', what: 'unpacking' };
    display.onProgress(fetching(0));
    nowMs += 2000;
    display.onProgress({ kind: 'fetched', ...IMAGE, bytes: 28 * MIB });
    display.onProgress({ kind: 'working', ...unpacking });
    nowMs += 60_000;
    display.onProgress({ kind: 'worked', ...unpacking });
    display.onProgress(fetching(0));
    nowMs += 2000;
    display.onProgress(fetching(12 * MIB));
    expect(written()).to.include('fetching 1 file, 1 done  40 MiB, 10 MiB/s  1 min 04 s');
    display.onProgress({ kind: 'fetched', ...IMAGE, bytes: 28 * MIB });
    display[Symbol.dispose]();
    expect(written().trimEnd().split('\n').at(-1)).to.equal('fetched 2 files, 56 MiB in 4 s');
  });

  it('leave the terminal alone once the display is closed', () => {
    const { stream, written } = openTerminal();
    const colors = picocolors.createColors(false);
    const display = createLiveFetches(createLogUpdate(stream), colors, (line) => line, now);
    display.onProgress(fetching(0));
    display[Symbol.dispose]();
    const before = written();
    display.onProgress(fetching(MIB));
    expect(written()).to.equal(before);
  });

  it('leave no line on a terminal where there was nothing to fetch', () => {
    const { stream, written } = openTerminal();
    createLiveFetches(createLogUpdate(stream), picocolors.createColors(false), (line) => line)[
      Symbol.dispose
    ]();
    expect(written().trim()).to.equal('');
  });

  it('are a log for a CI service, also where it has a terminal', async () => {
    const { stream, written } = openTerminal();
    using display = await openFetchDisplay(stream, { CI: 'true' });
    display.onProgress(fetching(0));
    expect(written()).to.equal('debian-6.12: fetching linux-image-6.12 6.12.1-1, 28 MiB\n');
  });
});
