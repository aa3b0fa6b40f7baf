import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { RunEvent } from '../events.ts';
import { factColumns } from '../facts/fact-column.ts';
import { createFactSheet } from '../facts/fact-sheet.ts';
import { createSampleRun } from '../report/testing/sample-run.ts';
import { factsJson } from './facts-json.ts';
import { readFacts } from './read-facts.ts';

const RUN = createSampleRun();
const time = '2026-08-01T11:00:00.000Z';

describe('reading the facts of a run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kmx-facts-'));
  after(() => rmSync(folder, { recursive: true }));

  /** The form of `kmx facts --json`. */
  function read(log: string): object {
    const file = join(folder, 'events.jsonl');
    writeFileSync(file, log);
    const report = readFacts(file);
    const columns = factColumns(report.cells, report.facts);
    const json = factsJson(
      report.run,
      createFactSheet(columns, () => [], report),
    );
    const { interrupted, kernels } = json as {
      readonly interrupted: boolean;
      readonly kernels: readonly { readonly name: string }[];
    };
    return { interrupted, kernels: kernels.map(({ name }) => name) };
  }
  const textOf = (events: readonly RunEvent[]): string =>
    events.map((event) => `${JSON.stringify(event)}\n`).join('');

  const all = ['debian-6.1', 'debian-6.12'];
  const second = RUN.findIndex(
    (event) => event.type === 'guest-ready' && event.cell.startsWith('debian-6.12'),
  );
  const end = (interrupted: boolean): RunEvent => ({ type: 'run-end', time, interrupted });

  it('finds them all in that of a whole run', () => {
    expect(read(textOf(RUN))).to.deep.equal({ interrupted: false, kernels: all });
  });

  it('says so if the run was interrupted, and has what guests said until then', () => {
    const log = textOf([...RUN.slice(0, second), end(true)]);
    expect(read(log)).to.deep.equal({ interrupted: true, kernels: ['debian-6.1'] });
  });

  it('says so if the log ends early, even within its last line', () => {
    const early = textOf(RUN.slice(0, second));
    expect(read(early)).to.deep.equal({ interrupted: true, kernels: ['debian-6.1'] });
    expect(read(textOf(RUN).slice(0, -10))).to.deep.equal({ interrupted: true, kernels: all });
  });

  it('says so no more once the run was resumed and has ended', () => {
    const rest = RUN.slice(second, -1);
    const resumed: RunEvent = { type: 'run-resumed', time };
    const log = [...RUN.slice(0, second), end(true), resumed, ...rest];
    expect(read(textOf(log))).to.deep.equal({ interrupted: true, kernels: all });
    expect(read(textOf([...log, end(false)]))).to.deep.equal({ interrupted: false, kernels: all });
  });
});
