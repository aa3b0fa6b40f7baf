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
import { renderElapsed, renderProgress } from './progress.ts';
import { foldEvents, recordedRun, sampleRuns } from './testing/runs.ts';

const colors = picocolors.createColors(false);

/** A terminal that remembers what was written to it. */
function openTerminal(columns: number): { stream: NodeJS.WriteStream; written: () => string } {
  const chunks: string[] = [];
  const stream = Object.assign(new PassThrough(), { columns, rows: 40, isTTY: true });
  stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  return { stream: stream as unknown as NodeJS.WriteStream, written: () => chunks.join('') };
}

function renderPlain(events: readonly RunEvent[]): string {
  let text = '';
  const reporter = createPlainReporter((part) => {
    text += part;
  }, colors);
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
  it('has a line for each running cell: its test, what is done of it, what went wrong', () => {
    const fold = createReportFold();
    const [, events = []] = sampleRuns()[0] ?? [];
    const hang = events.findIndex((event) => event.type === 'test-end' && event.verdict === 'hang');
    for (const event of events.slice(0, hang)) fold.push(event);
    const nowMs = Date.parse(events[hang]?.time ?? '');
    const lines = renderProgress(fold.progress(), { beginMs: nowMs - 75_000, nowMs, colors });
    expect(lines).to.deep.equal([
      '5 of 10 cells  2 agent-panic, 1 fail, 1 error, 23 pass, 2 skip  1 min 15 s',
      '  debian-6.12+default+v1+unguarded  4/5  5 s  2 agent-panic  pause: stops a busy container',
    ]);
  });

  it('says what boots', () => {
    const fold = createReportFold();
    const [, events = []] = sampleRuns()[0] ?? [];
    const at = (type: string) => events.findIndex((event) => event.type === type);
    const linesAfter = (end: number) => {
      const part = createReportFold();
      for (const event of events.slice(0, end)) part.push(event);
      return renderProgress(part.progress(), { beginMs: 0, nowMs: 0, colors }).slice(1);
    };
    expect(fold.progress().cells).to.equal(0);
    expect(linesAfter(at('kernel-failed') + 1)).to.deep.equal([]);
    expect(linesAfter(at('guest-begin') + 1).join()).to.match(/0\/\? .* boots$/);
  });

  for (const [how, events] of sampleRuns()) {
    it(`of a ${how} run never wraps a line, and lets nothing of a guest through raw`, () => {
      const { stream, written } = openTerminal(60);
      const reporter = createLiveReporter(stream, colors);
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
    const reporter = createLiveReporter(stream, colors);
    const events = recordedRun();
    for (const event of events) reporter.onEvent?.(event);
    reporter.onEnd?.(foldEvents(events));
    expect(written().match(/unguarded\.rs:73/g)).to.have.length(1);
  });
});

describe('elapsed time', () => {
  it('has minutes where there are any', () => {
    const texts = [-5, 0, 999, 59_999, 60_000, 3_725_000].map(renderElapsed);
    expect(texts).to.deep.equal(['0 s', '0 s', '0 s', '59 s', '1 min 00 s', '62 min 05 s']);
  });
});
