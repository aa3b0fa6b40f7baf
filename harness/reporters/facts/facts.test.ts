import { expect } from 'chai';
import picocolors from 'picocolors';
import { factColumns } from '../../facts/fact-column.ts';
import { createFactSheet, type FactSheet } from '../../facts/fact-sheet.ts';
import type { ProbedFacts } from '../../guest-facts.ts';
import { probedFacts } from '../../testing/probed-facts.ts';
import { widthOf } from '../table.ts';
import { renderFactsMarkdown } from './markdown.ts';
import { renderFacts } from './terminal.ts';

/** A column for each of these, named `k1`, `k2`, …: Linux 6.1, 6.2, … */
function sheetOf(...all: readonly Partial<ProbedFacts>[]): FactSheet {
  const reported = all.map((others, at) => ({ digest: `${at}`, ...probedFacts(others) }));
  const cells = all.map((_, at) => ({
    ...{ kernel: `k${at + 1}`, config: 'default' },
    facts: { release: `6.${at + 1}`, cmdline: 'quiet', probed: `${at}` },
  }));
  return createFactSheet(factColumns(cells, reported), () => ['X is not set'], {
    interrupted: false,
  });
}

const colors = picocolors.createColors(false);
const show = (sheet: FactSheet, width = 100, hasFiles = false): string =>
  renderFacts(sheet, { colors, width, hasFiles });

const TWO = [
  { v1Mounts: { cpu: 'ok', memory: 'ok' }, v1Files: ['memory.stat'], disagreements: [] },
  { v1Mounts: { cpu: 'ok', memory: 'EINVAL' }, v1Files: [], v2Files: ['cpu.new', 'cpu.max'] },
];
const HOSTILE = 'a|b\u001b[2J\n<img>`*';

describe('facts on a terminal', () => {
  it('are kernels side by side, then what changed and why', () => {
    const text = show(sheetOf(...TWO));
    expect(text).to.match(/^v1: mounting each controller\n {10}k1 {2}k2\n {2}cpu {5}ok {2}ok\n/);
    expect(text).to.include('\n  memory  ok  EINVAL\n');
    expect(text).to.include('\nk1 → k2  6.1 → 6.2\n  v1 memory  ok → EINVAL  X is not set\n');
    expect(text).to.include('\n  1 control file came, 2 went: --files lists them\n');
    expect(text).to.match(/where \/proc\/cgroups is wrong\n {2}.* EINVAL\n {4}k2\n$/);
  });

  it('list the control files if asked to', () => {
    const text = show(sheetOf(...TWO), 100, true);
    expect(text).to.include('\n  v1 memory: with the controller 1 file went\n');
    expect(text).to.include('\n  v2 cpu: cpu.new came (X is not set)\n');
    expect(text).to.include('\n  v2 cpuset: cpuset.cpus went (X is not set)\n');
  });

  it('of more kernels than fit become blocks below one another', () => {
    const many = Array.from({ length: 30 }, (_, at) => ({ hz: 100 + at }));
    const lines = show(sheetOf(...many), 60).split('\n');
    const table = lines.slice(0, lines.indexOf('everything else'));
    expect(widthOf(table)).to.be.within(40, 60);
    expect(table.filter((line) => line.startsWith('  cpuset '))).to.have.length.greaterThan(2);
  });

  it('say so where nothing differs', () => {
    expect(show(sheetOf({}, {}))).to.include('k1 → k2  6.1 → 6.2\n  no difference\n');
  });
});

describe('facts as Markdown', () => {
  it('are tables', () => {
    const text = renderFactsMarkdown(sheetOf(...TWO), true);
    expect(text).to.include('|  | k1 | k2 |\n| --- | --- | --- |\n| cpu | ok | ok |\n');
    expect(text).to.include('### k1 → k2\n\n6.1 → 6.2\n\n| fact | change | behind it |\n');
    expect(text).to.include('| v1 memory | ok → EINVAL | X is not set |');
    expect(text).to.include('\n- v2 cpu: cpu.new came (X is not set)\n');
  });
});

describe('facts of a run that was interrupted', () => {
  const sheet = { ...sheetOf({}, {}), interrupted: true };

  it('are said to be incomplete, in one line above everything', () => {
    const said = /^incomplete: the run was interrupted, or its log ends early; .+\n\nv1: mounting/;
    expect(show(sheet)).to.match(said);
    expect(show(sheetOf({}, {}))).not.to.match(/incomplete/i);
    expect(renderFactsMarkdown(sheet, false)).to.match(
      /^Incomplete: the run was interrupted, or its log ends early; .+\.\n\n### v1/,
    );
    expect(renderFactsMarkdown(sheetOf({}, {}), false)).not.to.match(/incomplete/i);
  });
});

describe('what guests say in facts', () => {
  it('reaches neither a terminal nor Markdown raw', () => {
    const hostile = {
      ...{ v1Mounts: { [HOSTILE]: HOSTILE }, mountOptions: { [HOSTILE]: HOSTILE } },
      ...{ v1Files: [HOSTILE], warnings: [HOSTILE], disagreements: [HOSTILE], lsms: [HOSTILE] },
    };
    const sheet = sheetOf({}, hostile);
    expect(show(sheet, 100, true)).not.to.match(/[^\P{Cc}\n]/u);
    const markdown = renderFactsMarkdown(sheet, true);
    expect(markdown).not.to.match(/[^\P{Cc}\n]/u);
    expect(markdown).not.to.match(/(?<!\\)[<`*]/);
    const widths = markdown
      .split('\n')
      .filter((line) => line.startsWith('| ') && line.includes('img'));
    for (const line of widths) expect(line.match(/(?<!\\)\|/g)).to.have.length.within(4, 4);
  });
});
