import { expect } from 'chai';
import type { BenchRecord, SectionRecord } from './bench-record.ts';
import { renderMarkdown, renderSection } from './render.ts';

const boot: SectionRecord = {
  name: 'boot',
  measures: 'a guest from nothing',
  figures: [
    { name: 'first answer', value: 3, unit: 's', note: 'median of 5 | quiet' },
    { name: 'first answer / floor', value: 1.25, unit: '×' },
  ],
};
const peer: SectionRecord = {
  name: 'peer',
  measures: 'one command',
  figures: [],
  missing: 'there is no virtme-ng',
};

function recordOf(...sections: SectionRecord[]): BenchRecord {
  return {
    version: 1,
    time: '2026-11-24T20:00:00.000Z',
    commit: '40056cc',
    host: {
      cpu: 'A CPU',
      cpus: 2,
      memoryMib: 4096,
      kernel: '6.1.0',
      node: 'v24.0.0',
      qemu: '7.2.22',
    },
    sections,
  };
}

describe('figures as text', () => {
  it('are columns below the heading of their section', () => {
    expect(renderSection(boot)).to.equal(`
boot: a guest from nothing
  first answer          3 s     median of 5 | quiet
  first answer / floor  1.25 ×
`);
  });

  it('have their ratio to an older figure, or are new', () => {
    const figure = { name: 'first answer', value: 4, unit: 's' } as const;
    const text = renderSection(boot, recordOf({ ...boot, figures: [figure] }));
    expect(text).to.match(/first answer +3 s +0\.75 × 4/);
    expect(text).to.match(/first answer \/ floor +1\.25 × +new/);
  });

  it('say why a section was not measured', () => {
    expect(renderSection(peer)).to.include('  not measured: there is no virtme-ng');
  });

  it('are rows of a Markdown table that names each section once', () => {
    const table = renderMarkdown(recordOf(boot, peer)).split('\n').slice(2);
    expect(table).to.deep.equal([
      '| | figure | | |',
      '|---|---|---:|---|',
      '| boot | first answer | 3 s | median of 5 \\| quiet |',
      '|  | first answer / floor | 1.25 × |  |',
      '| peer | not measured |  | there is no virtme-ng |',
      '',
    ]);
  });

  it('are preceded by the date, the commit and the host', () => {
    expect(renderMarkdown(recordOf(boot)).split('\n')[0]).to.equal(
      '2026-11-24, commit 40056cc; 2 × A CPU, 4096 MiB, Linux 6.1.0, QEMU 7.2.22, node v24.0.0.',
    );
  });
});
