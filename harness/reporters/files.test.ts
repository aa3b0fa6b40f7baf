import { mkdir, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseEventLines } from '../report/event-lines.ts';
import { reportSchema } from '../report/schema.ts';
import { createEventLog } from './event-log.ts';
import { createFormatReporter } from './formats.ts';
import { jsonFormat } from './json.ts';
import { linkLatest } from './latest-link.ts';
import { groupReporters } from './reporter.ts';
import { CONTEXT, foldEvents, sampleRuns } from './testing/runs.ts';

describe('report files', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-reports-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  for (const [how, events] of sampleRuns()) {
    it(`of a ${how} run hold its events and its report, and no leftovers`, async () => {
      const report = foldEvents(events);
      const json = createFormatReporter(jsonFormat, folder, CONTEXT);
      const reporters = groupReporters([createEventLog(folder), json]);
      for (const event of events) reporters.onEvent(event);
      reporters.onEnd(report);
      expect(reporters.failures).to.deep.equal([]);
      expect(await readdir(folder)).to.have.members(['events.jsonl', 'report.json']);
      const read = (name: string) => readFile(join(folder, name), 'utf8');
      expect(foldEvents(parseEventLines(await read('events.jsonl')))).to.deep.equal(
        JSON.parse(JSON.stringify(report)),
      );
      expect(reportSchema.parse(JSON.parse(await read('report.json'))).run).to.equal(report.run);
    });
  }

  it('have each event before the next one happens', async () => {
    const log = createEventLog(folder);
    const [, events = []] = sampleRuns()[0] ?? [];
    for (const [index, event] of events.slice(0, 5).entries()) {
      log.onEvent?.(event);
      const text = await readFile(join(folder, 'events.jsonl'), 'utf8');
      expect(parseEventLines(text)).to.have.length(index + 1);
    }
    log.onEnd?.(foldEvents(events));
  });

  it('are found by way of a link to the latest run, over and over', async () => {
    for (const run of ['first', 'second']) {
      await mkdir(join(folder, run));
      linkLatest(join(folder, run));
      expect(await readlink(join(folder, 'latest'))).to.equal(run);
    }
    expect(await readdir(folder)).to.have.members(['first', 'second', 'latest']);
  });
});

describe('reporters', () => {
  it('go on without one that throws, which is told of', () => {
    const seen: string[] = [];
    const ended: string[] = [];
    const group = groupReporters([
      {
        onEvent: () => {
          throw new Error('disk full');
        },
        onEnd: () => void ended.push('broken'),
      },
      { onEvent: ({ type }) => void seen.push(type), onEnd: () => void ended.push('whole') },
    ]);
    const [, events = []] = sampleRuns()[0] ?? [];
    for (const event of events.slice(0, 3)) group.onEvent(event);
    group.onEnd(foldEvents(events));
    expect(seen).to.have.length(3);
    expect(ended).to.deep.equal(['whole']);
    expect(group.failures.map(({ message }) => message)).to.deep.equal(['disk full']);
  });
});
