import { readFileSync, writeFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { expect } from 'chai';
import picocolors from 'picocolors';
import stringWidth from 'string-width';
import type { RunEvent } from '../events.ts';
import { createReportFold } from '../report/fold-report.ts';
import { createLiveReporter } from './live.ts';
import { createPlainReporter } from './plain.ts';
import { renderElapsed } from './progress.ts';
import { renderProgress } from './progress-lines.ts';
import { renderStopping } from './stopping.ts';
import { foldEvents, recordedRun, sampleRuns } from './testing/runs.ts';
import { describeTimeLeft } from './time-left-words.ts';

const colors = picocolors.createColors(false);
const resume = 'scripts/kmx run --resume reports/20261124-043401-92a3';
const WIDE = { columns: 200, rows: 40 };

/** A terminal that remembers what was written to it. */
function openTerminal(columns: number): { stream: NodeJS.WriteStream; written: () => string } {
  const chunks: string[] = [];
  const stream = Object.assign(new PassThrough(), { columns, rows: 40, isTTY: true });
  stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  return { stream: stream as unknown as NodeJS.WriteStream, written: () => chunks.join('') };
}

function renderPlain(events: readonly RunEvent[]): string {
  let text = '';
  const reporter = createPlainReporter(
    (part) => {
      text += part;
    },
    { colors, resume },
  );
  for (const event of events) reporter.onEvent?.(event);
  return text;
}

describe('plain progress', () => {
  it('has a line for each kernel, bad test and finished cell', () => {
    const file = new URL('testdata/plain.txt', import.meta.url);
    const text = renderPlain(recordedRun());
    if (process.env.KMX_UPDATE) writeFileSync(file, text);
    expect(text).to.equal(readFileSync(file, 'utf8'));
  });

  it('is the same live and replayed, without cursor codes, whatever a guest prints', () => {
    const [live, replayed] = sampleRuns().map(([, events]) => renderPlain(events));
    expect(live).to.equal(replayed);
    expect(live).not.to.match(/[^\P{Cc}\n]|[\u202e\ufffe]|\p{Cs}/u);
    expect(live?.match(/^\[\d+\/10\] /gm)).to.have.length(10);
    expect(live).to.include('kernel debian-7.3: no package of series 7.3');
  });
});

describe('live progress', () => {
  /** Just before the test that hangs has ended. */
  function progressAtHang() {
    const fold = createReportFold();
    const [, events = []] = sampleRuns()[0] ?? [];
    const hang = events.findIndex((event) => event.type === 'test-end' && event.verdict === 'hang');
    for (const event of events.slice(0, hang)) fold.push(event);
    return { progress: fold.progress(), nowMs: Date.parse(events[hang]?.time ?? '') };
  }

  it('has a bar, and a line for each running cell: its test, what is done of it, what went wrong', () => {
    const { progress, nowMs } = progressAtHang();
    const options = { nowMs, elapsedMs: 75_000, timeLeft: 'about 2 min left', colors };
    expect(renderProgress(progress, options, WIDE)).to.deep.equal([
      '█████████████░░░░░░░░░░░ 5 of 10 cells  about 2 min left  2 agent-panic, 1 fail, 1 error, 23 pass, 2 skip  1 min 15 s',
      '  debian-6.12+default+v1+unguarded  4/5  5 s  2 agent-panic  pause: stops a busy container',
    ]);
    expect(renderProgress(progress, options, { columns: 40, rows: 24 })).to.deep.equal([
      '████░░░░ 5 of 10 cells  about 2 min left'.slice(0, 22),
      'about 2 min left',
      '2 agent-panic, 1 fail, 1 error, 23 pass, 2 skip',
      '1 min 15 s',
      '  debian-6.12+default+v1+unguarded',
      '    4/5  5 s  2 agent-panic  pause: stops a busy container',
    ]);
  });

  it('keeps its header on a terminal with fewer lines than cells that run', () => {
    const { progress, nowMs } = progressAtHang();
    const running = Array.from({ length: 30 }, () => progress.running).flat();
    const options = { nowMs, elapsedMs: 75_000, colors };
    const lines = renderProgress({ ...progress, running }, options, { columns: 200, rows: 12 });
    expect(lines).to.have.length(11);
    expect(lines[0]).to.include('5 of 10 cells');
    expect(lines.at(-1)).to.equal('  … and 21 more');
  });

  it('says at once that it stops, what that ends, and how to go on', () => {
    const { progress } = progressAtHang();
    const time = '2026-08-01T11:00:00.000Z';
    const stopping = (reason: 'interrupted' | 'max-failures' | 'time-budget', more = {}) => {
      const bounds = { maxFailures: 3, timeBudgetMs: 7_200_000 };
      const [why, goOn] = renderStopping(
        { type: 'run-stopping', time, reason },
        { ...progress, bounds, ...more },
        resume,
      );
      expect(goOn).to.equal(`  to run the rest: ${resume}`);
      return why;
    };
    expect(stopping('interrupted')).to.equal('stopping: 5 cells left, 1 of them cut short');
    const last = { doneCells: progress.cells - 1 };
    expect(stopping('interrupted', last)).to.equal('stopping: 1 cell left, cut short');
    expect(stopping('interrupted', { running: [] })).to.equal('stopping: 5 cells left');
    expect(stopping('max-failures')).to.equal(
      'stopping after 3 unexpected results: 5 cells left, 1 of them cut short',
    );
    expect(stopping('time-budget')).to.equal(
      'stopping: not all of 5 cells can end within the time budget of 2 h',
    );
  });

  it('keeps the command to go on whole on a narrow terminal', () => {
    const { stream, written } = openTerminal(30);
    const reporter = createLiveReporter(stream, { colors, resume });
    const [begin] = recordedRun();
    if (begin === undefined) throw new Error('Expected a run');
    reporter.onEvent?.(begin);
    reporter.onEvent?.({ type: 'run-stopping', time: begin.time, reason: 'interrupted' });
    reporter.onEnd?.(foldEvents([begin]));
    expect(stripVTControlCharacters(written()).replaceAll('\n', '')).to.include(resume);
  });

  it('says what boots', () => {
    const fold = createReportFold();
    const [, events = []] = sampleRuns()[0] ?? [];
    const at = (type: string) => events.findIndex((event) => event.type === type);
    const linesAfter = (end: number) => {
      const part = createReportFold();
      for (const event of events.slice(0, end)) part.push(event);
      return renderProgress(part.progress(), { nowMs: 0, elapsedMs: 0, colors }, WIDE).slice(1);
    };
    expect(fold.progress().cells).to.equal(0);
    expect(linesAfter(at('kernel-failed') + 1)).to.deep.equal([]);
    expect(linesAfter(at('guest-begin') + 1).join()).to.match(/0\/\? .* boots$/);
  });

  for (const [how, events] of sampleRuns()) {
    it(`of a ${how} run never wraps a line, and lets nothing of a guest through raw`, () => {
      const { stream, written } = openTerminal(60);
      const reporter = createLiveReporter(stream, { colors, resume });
      for (const event of events) reporter.onEvent?.(event);
      reporter.onEnd?.(foldEvents(events));
      for (const line of stripVTControlCharacters(written()).split('\n')) {
        expect(stringWidth(line), line).to.be.below(60);
      }
      expect(written()).to.include('hang  debian-6.12');
      for (const raw of ['\u001b]', '\u001b[2J', '\u202e', '\ufffe', '\0']) {
        expect(written()).not.to.include(raw);
      }
    });
  }

  it('gives the reason of many tests once', () => {
    const { stream, written } = openTerminal(200);
    const reporter = createLiveReporter(stream, { colors, resume });
    const events = recordedRun();
    for (const event of events) reporter.onEvent?.(event);
    reporter.onEnd?.(foldEvents(events));
    expect(written().match(/unguarded\.rs:73/g)).to.have.length(1);
  });
});

describe('progress in a log', () => {
  it('is told about every minute in which something moved, with what is left', () => {
    const [begin] = recordedRun();
    if (begin?.type !== 'run-begin') throw new Error('Expected a run');
    const startMs = Date.parse(begin.time);
    const cells = begin.cells.slice(0, 2);
    const [first, second] = cells.map(({ id }) => id);
    const at = (second: number): string => new Date(startMs + second * 1000).toISOString();
    const test = (second: number, cell = ''): RunEvent => ({
      ...{ type: 'test-end', time: at(second), cell, durationMs: 1, verdict: 'pass', findings: [] },
      test: { file: 'a', title: `${second}` },
    });
    const forecasts = [first, second].map((cell = '') => ({ cell, expectedMs: 600_000 }));
    const text = renderPlain([
      { ...begin, cells, jobs: 1 },
      { type: 'schedule', time: at(0), cells: forecasts },
      { type: 'cell-begin', time: at(0), cell: first ?? '' },
      ...[10, 20, 59, 61, 62, 120, 500].map((second) => test(second, first)),
    ]);
    expect(text.split('\n').slice(1)).to.deep.equal([
      '0 of 2 cells (0 %): 4 pass; 1 min 01 s, about 19 min left',
      '0 of 2 cells (0 %): 7 pass; 8 min 20 s, about 12 min left',
      '',
    ]);
  });
});

describe('the time that is left, in words', () => {
  const minutes = (number: number): number => number * 60_000;

  it('is no finer than an estimate, and not there if nobody knows', () => {
    const texts = [0, 59_999, 60_000, minutes(11.2), minutes(59.5), minutes(61), minutes(135)];
    expect(texts.map((ms) => describeTimeLeft(ms, undefined))).to.deep.equal([
      ...['under a minute left', 'under a minute left', 'about 1 min left', 'about 12 min left'],
      ...['about 1 h left', 'about 1 h 10 min left', 'about 2 h 20 min left'],
    ]);
    expect(describeTimeLeft(undefined, undefined)).to.equal(undefined);
  });

  it('is that of the time budget, if that ends sooner', () => {
    expect(describeTimeLeft(minutes(90), minutes(30))).to.equal('time budget ends in about 30 min');
    expect(describeTimeLeft(undefined, -1)).to.equal('time budget ends in under a minute');
    expect(describeTimeLeft(minutes(10), minutes(30))).to.equal('about 10 min left');
  });
});

describe('elapsed time', () => {
  it('has minutes where there are any', () => {
    const texts = [-5, 0, 999, 59_999, 60_000, 3_725_000].map(renderElapsed);
    expect(texts).to.deep.equal(['0 s', '0 s', '0 s', '59 s', '1 min 00 s', '62 min 05 s']);
  });
});
