import { expect } from 'chai';
import { createReportFold } from '../../report/fold-report.ts';
import type { RunReport } from '../../report/schema.ts';
import { createBuiltRun, OFF } from '../../report/testing/built-run.ts';
import { createSampleRun } from '../../report/testing/sample-run.ts';
import { createSampleReport } from '../testing/sample-report.ts';
import { renderReportPage } from './report-page.ts';

const LOGS = { logsOf: () => [], excerptOf: () => undefined, packs: [] };

function render(report: RunReport): string {
  return [...piecesOf(report)].join('');
}

function piecesOf(report: RunReport): Iterable<string> {
  return renderReportPage({
    ...{ report, folder: '.', logs: LOGS, assets: { style: '', script: '' } },
    commandLine: (words) => words.join(' '),
  });
}

/** A part of the page. */
function section(html: string, id: string): string {
  const start = html.indexOf(`<section id="${id}"`);
  return start === -1 ? '' : html.slice(start, html.indexOf('</section>', start));
}

describe('The text of a report page', () => {
  it('comes in pieces: cells are rendered when they are asked for', () => {
    const pieces = piecesOf(createSampleReport())[Symbol.iterator]();
    expect(pieces.next().value).to.match(/^<!doctype html>\n<html/);
    const next = pieces.next().value ?? '';
    expect(next).to.match(/^<section id="changed"/);
    expect(next).not.to.contain('id="cell/');
  });

  it('says of a kernel that kmx built how long that took, and links it from its cells', () => {
    const html = render(createReportFold(createBuiltRun()).report());
    const origin = section(html, 'origin');
    expect(origin).to.contain('source linux-source-6.12 6.12.117-1 (trixie), minimal, 2 symbols');
    expect(origin).to.contain('>built earlier, in 4 min 12 s<');
    expect(origin).to.contain('>built in 1 min 35 s<');
    expect(origin).to.contain('id="kernel/source-6.12+v1-on"');
    const link = 'href="#kernel/source-6.12%2Bv1-on"';
    expect(section(html, 'matrix')).to.contain(`${link}`);
    expect(html).to.contain(`<a ${link}>kernel source-6.12+v1-on</a>`);
  });

  it('shows each build of a kernel as what it offers, and beside each other in cells', () => {
    const html = render(createReportFold(createBuiltRun()).report());
    const kernels = section(html, 'kernels');
    expect(kernels).to.contain('source-6.12+v1-off → source-6.12+v1-on');
    expect(kernels).to.contain('builds of 6.12.117');
    const cell = html.slice(html.indexOf(`id="cell/${OFF.id}"`));
    expect(cell).to.match(/<th scope="row">v1 cpuset<\/th><td><code>EINVAL<\/code>.*?ok.*?v1-on/);
  });

  it('links what an expectation names only if it is an address of the web', () => {
    const report = createSampleReport();
    const withLink = (link: string): string => {
      const expectations = report.expectations.map((one) => ({ ...one, link }));
      return section(render({ ...report, expectations }), 'expected');
    };
    expect(withLink('https://example.org/1')).to.contain('<a href="https://example.org/1"');
    const script = withLink('javascript:alert(1)');
    expect(script).to.contain('<span>javascript:alert(1)</span>');
    expect(script).not.to.contain('href="javascript');
  });

  it('does not list as unexpected what a run that was cut off did not come to', () => {
    const [begin] = createSampleRun();
    if (begin === undefined) throw new Error('Expected a run that begins');
    const end = { type: 'run-end', time: begin.time, interrupted: true } as const;
    const html = render(createReportFold([begin, end]).report());
    expect(html).to.contain('none of 10 tests ran');
    expect(section(html, 'expected')).to.contain('As expected').and.not.contain('data-verdict');
  });

  it('says of what is not as expected that it is not new only if there is a baseline', () => {
    const report = createSampleReport();
    expect(section(render(report), 'expected')).to.contain('>Not new, but not as expected<');
    const { baseline: _, ...alone } = report;
    expect(section(render(alone), 'expected')).to.contain('>Not as expected<');
  });

  it('does not hold against an expectation what a run that was cut off did not come to', () => {
    const report = createSampleReport();
    const [expectation] = report.expectations;
    if (expectation === undefined) throw new Error('Expected an expectation');
    const unmeasured = { status: 'unmeasured' as const, line: expectation.line };
    const cut: RunReport = {
      ...report,
      expectations: [{ ...expectation, status: 'not-met' }],
      cells: report.cells.map((cell) => ({
        ...cell,
        tests: cell.tests.map((test) =>
          test.verdict === 'miss' ? { ...test, judgement: unmeasured } : test,
        ),
      })),
    };
    expect(section(render(cut), 'expected')).to.contain('not measured, so neither');
    const interrupted = section(render({ ...cut, interrupted: true }), 'expected');
    expect(interrupted).not.to.contain('not measured, so neither');
  });

  it('lists the first of very many cells that have one cause, and says how many more there are', () => {
    const { baseline: _, ...report } = createSampleReport();
    const [crash] = report.crashes;
    if (crash === undefined) throw new Error('Expected a crash');
    const test = { file: 'cpu/a.spec.ts', title: 'one' };
    const hits = Array.from({ length: 1000 }, (_, at) => ({ cell: `cell-${at}`, test }));
    const html = section(render({ ...report, crashes: [{ ...crash, hits }] }), 'crashes');
    expect(html).to.contain('1000 tests in 1000 cells');
    expect(html).to.contain('800 more cells have it.');
    expect(html).to.contain('cell-199').and.not.to.contain('cell-200<');
  });

  it('names kernels that could not be fetched where it tells of what was missed', () => {
    const missed = section(render(createSampleReport()), 'missed');
    expect(missed).to.contain('id="kernel/debian-7.3"');
    expect(missed).to.contain('could not be fetched: no package of series 7.3');
  });
});
