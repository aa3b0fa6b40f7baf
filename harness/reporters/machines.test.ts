import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import picocolors from 'picocolors';
import {
  createMachinesRun,
  ON_NEWER_QEMU,
  SKIP_REASON,
  SKIPPED,
} from '../report/testing/machines-run.ts';
import { createPlainReporter } from './plain.ts';
import { renderSummary } from './summary.ts';
import { renderFormat } from './testing/render-format.ts';
import { foldEvents } from './testing/runs.ts';

const colors = picocolors.createColors(false);
const resume = 'kmx run --resume x';
const command = (words: readonly string[]): string => ['scripts/kmx', ...words].join(' ');
const options = { colors, width: 100, folder: 'reports/latest', resume, command };
const RUN = createMachinesRun();
const REPORT = foldEvents(RUN);

/** `KMX_UPDATE=1` writes the file instead. */
function expectFile(name: string, text: string): void {
  const file = new URL(`testdata/${name}`, import.meta.url);
  if (process.env.KMX_UPDATE) writeFileSync(file, text);
  expect(text).to.equal(readFileSync(file, 'utf8'));
}

describe('a run on several machines', () => {
  it('is summed up with a row for each machine of a kernel, and what containers cannot show', () => {
    expectFile('machines-summary.txt', renderSummary(REPORT, options));
  });

  it('is told as it goes, with the reason of a cell that was skipped', () => {
    let text = '';
    const reporter = createPlainReporter(
      (piece) => {
        text += piece;
      },
      { colors, resume },
    );
    for (const event of RUN) reporter.onEvent?.(event);
    expectFile('machines-plain.txt', text);
  });

  it('has its machines and rows in Markdown, too', async () => {
    expectFile('machines-summary.md', await renderFormat('markdown', REPORT));
  });

  it('has a cell that was skipped as that, with its reason, in the reports of CI services', async () => {
    const junit = await renderFormat('junit', REPORT);
    const [suite = ''] =
      new RegExp(`<testsuite name="${SKIPPED.id.replaceAll('+', '\\+')}"[^]*?</testsuite>`).exec(
        junit,
      ) ?? [];
    expect(suite).to.include('tests="1" failures="0" errors="0" skipped="1"');
    expect(suite).to.include(`<skipped message="${SKIP_REASON}"/>`);
    expect(await renderFormat('tap', REPORT)).to.include(`ok 1 - boots # SKIP ${SKIP_REASON}`);
    const { results } = JSON.parse(await renderFormat('ctrf', REPORT));
    const own = results.tests.find(({ suite }: { suite: string[] }) => suite[0] === SKIPPED.id);
    expect(own).to.include({ status: 'skipped', message: SKIP_REASON });
  });

  it('has names of their own for cells that differ in their machine alone', async () => {
    const junit = await renderFormat('junit', REPORT);
    for (const name of [
      'debian-6.12.default.v2.guarded',
      'debian-6.12.default.v2.guarded.qemu-10',
    ]) {
      expect(junit).to.include(`classname="${name}" name="boots"`);
    }
    expect(ON_NEWER_QEMU.id).to.equal('debian-6.12+default+v2+guarded+qemu-10');
  });
});
