import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { expect } from 'chai';
import fc from 'fast-check';
import { type FinalResults, Parser } from 'tap-parser';
import type { RunReport } from '../report/schema.ts';
import { HOSTILE } from '../report/testing/sample-ends.ts';
import { createSampleRun } from '../report/testing/sample-run.ts';
import { anyText } from '../testing/any-text.ts';
import { casesOf, kindOf, staleCases } from './cases.ts';
import { FORMAT_NAMES } from './format.ts';
import { loadFormat } from './formats.ts';
import { markdownBlock, markdownCode } from './markdown.ts';
import { fullReport, hostileReport } from './testing/hostile-report.ts';
import { faultsOf } from './testing/junit-faults.ts';
import { findMarkup } from './testing/markdown-markup.ts';
import { renderFormat } from './testing/render-format.ts';
import { foldEvents, recordedRun, sampleRuns } from './testing/runs.ts';

/** What must not mean anything to any reader, in whatever field it stands. */
const HOSTILES = [
  HOSTILE,
  ']]><x a="b">&#0;&lt;<!-- -->',
  '\n::error file=a::b\r\n::stop-commands::x\n##[error]x ##vso[task.complete]',
  '`` ` ``` <img src=x onerror=alert(1)> [a](javascript:b) ![c](https://d.test/e) @octocat #1',
  '\n\n# Heading\n\n- point\n\n| a | b |\n| --- | --- |\n</details>\n~~~\n```\n',
  '\n...\n---\nnot ok 1 - # TODO\n    ok 2 # SKIP\nBail out!\n1..0\n',
  '\u0000\u001b[31m\u0085\u2028\u2029\ud800 \udc00\ufffe\u202e\u2066',
  'x'.repeat(5000),
  '',
];

function fullSample(): RunReport {
  return fullReport(foldEvents(createSampleRun()));
}

function reports(): readonly RunReport[] {
  const sample = fullSample();
  return [sample, ...HOSTILES.map((text) => hostileReport(sample, text))];
}

describe('every format', () => {
  for (const name of FORMAT_NAMES) {
    it(`gives the same bytes live and replayed: ${name}`, async () => {
      const [live, replayed] = await Promise.all(
        sampleRuns().map(([, events]) => renderFormat(name, foldEvents(events))),
      );
      expect(live).to.equal(replayed);
      expect(live?.length).to.be.above(100);
    });

    it(`holds only printable text, whatever a guest prints: ${name}`, async () => {
      for (const report of name === 'json' ? [] : reports()) {
        const text = await renderFormat(name, report);
        expect(text).not.to.match(/[^\P{Cc}\t\n]|\p{Cs}|[\u2028-\u202e\u2066-\u2069]/u);
      }
    });

    it(`has the name and the file that docs/reports.md says: ${name}`, async () => {
      const format = await loadFormat(name);
      expect(format.name).to.equal(name);
      const page = readFileSync(new URL('../../docs/reports.md', import.meta.url), 'utf8');
      const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` |`));
      expect(row).to.include(`\`${format.file}\` |`);
    });
  }

  it('has a file of its own', async () => {
    const files = await Promise.all(
      FORMAT_NAMES.map(async (name) => (await loadFormat(name)).file),
    );
    expect(new Set(files).size).to.equal(files.length);
  });
});

describe('junit.xml', () => {
  it('is valid with hostile text in every field', async () => {
    for (const report of reports()) {
      expect(await faultsOf(await renderFormat('junit', report))).to.deep.equal([]);
    }
  });
});

describe('ctrf-report.json', () => {
  const isValid = ctrfValidator();

  it('has the form that its specification asks for, with hostile text in every field', async () => {
    for (const report of [foldEvents(recordedRun()), ...reports()]) {
      isValid(JSON.parse(await renderFormat('ctrf', report)));
      expect(isValid.errors ?? []).to.deep.equal([]);
    }
    expect(isValid({ reportFormat: 'CTRF' })).to.equal(false);
  });

  it('counts what it lists', async () => {
    const { results } = JSON.parse(
      await renderFormat('ctrf', fullReport(foldEvents(createSampleRun()))),
    );
    const { summary, tests } = results;
    expect(summary.tests).to.equal(tests.length);
    for (const status of ['passed', 'failed', 'skipped', 'other']) {
      const listed = tests.filter((test: { status: string }) => test.status === status);
      expect(listed, status).to.have.length(summary[status]);
      expect(listed, status).not.to.have.length(0);
    }
  });

  it('says what an unusual verdict was, and links its logs', async () => {
    const { results } = JSON.parse(await renderFormat('ctrf', foldEvents(createSampleRun())));
    const hang = results.tests.find(({ rawStatus }: { rawStatus: string }) => rawStatus === 'hang');
    expect(hang.status).to.equal('failed');
    expect(hang.attachments[0].path).to.match(/^reports\/.*\/picture\.txt$/);
    const miss = results.tests.find(({ rawStatus }: { rawStatus: string }) => rawStatus === 'miss');
    expect(miss.status).to.equal('other');
  });

  it('counts a run as failed in which all that went wrong is an error', async () => {
    const report = foldEvents(createSampleRun());
    for (const cell of report.cells) {
      cell.findings = [];
      for (const test of cell.tests) {
        if (test.verdict !== 'pass' && test.verdict !== 'skip') test.verdict = 'error';
      }
    }
    const { results } = JSON.parse(await renderFormat('ctrf', report));
    const errors = results.tests.filter(
      ({ rawStatus }: { rawStatus: string }) => rawStatus === 'error',
    );
    expect(errors.length).to.be.above(0);
    expect(results.summary).to.include({ failed: errors.length, other: 0 });
  });
});

describe('report.tap', () => {
  it('is read by a strict parser as what it says, with hostile text in every field', async () => {
    for (const report of [foldEvents(recordedRun()), ...reports()]) {
      const { results, tests } = await parseTap(await renderFormat('tap', report));
      expect(results.failures.map(({ tapError }) => tapError).filter(Boolean)).to.deep.equal([]);
      const cases = report.cells.flatMap((cell) => casesOf(cell));
      const stale = staleCases(report);
      const bad = cases.filter((one) => ['failure', 'error'].includes(kindOf(one)));
      expect(tests.length).to.equal(cases.length + stale.length);
      const failed = tests.filter(({ ok, todo }) => !ok && todo === undefined);
      expect(failed).to.have.length(bad.length + stale.length);
      expect(failed.filter(({ diag }) => diag === undefined)).to.deep.equal([]);
      expect(results.ok).to.equal(false);
    }
  });

  it('calls a known failure a TODO, which is no failure', async () => {
    const report = foldEvents(createSampleRun());
    for (const { tests } of report.cells) {
      for (const test of tests) {
        if (kindOf(test) !== 'passed') test.judgement = { status: 'as-expected', line: 3 };
      }
    }
    for (const cell of report.cells) cell.findings = [];
    const { results, tests } = await parseTap(await renderFormat('tap', report));
    expect(results.ok).to.equal(true);
    expect(tests.filter(({ todo }) => todo !== undefined)).to.have.length(10);
  });
});

describe('summary.md and the summary of a job', () => {
  for (const name of ['markdown', 'github'] as const) {
    it(`hold no markup but our own, with hostile text in every field: ${name}`, async () => {
      const texts = HOSTILES.filter((text) => text !== '' && text.length < 3000);
      const [plain, ...hostile] = await Promise.all(
        ['word', ...texts].map(async (text) =>
          findMarkup(await renderFormat(name, hostileReport(fullSample(), text))),
        ),
      );
      for (const markup of hostile) {
        const { code: _code, ...elements } = markup.elements;
        const { code: _ours, ...expected } = plain?.elements ?? {};
        expect(elements).to.deep.equal(expected);
        const foreign = markup.links.filter((link) => !/^(index\.html|cells\/)/.test(link));
        expect(foreign).to.deep.equal([]);
        expect(markup.text).not.to.match(/@octocat|https?:|javascript:/);
      }
      expect(plain?.elements.h1).to.equal(1);
    });
  }

  it('hold no markup in what is set as code, whatever it is', () => {
    const piece = fc.oneof(
      anyText({ maxLength: 20 }),
      fc.constantFrom('`', '\n', '<', '>', '[', '](', '*', '_', '|', '\\', '&', '#', '@', '~', '"'),
    );
    const texts = fc.array(piece, { maxLength: 12 }).map((pieces) => `a${pieces.join('')}`);
    fc.assert(
      fc.property(texts, (text) => {
        const line = findMarkup(`- b ${markdownCode(text)} c`);
        expect(line.elements).to.deep.equal({ ul: 1, li: 1, code: 1 });
        const block = findMarkup(markdownBlock('text', text).join('\n'));
        expect(block.elements).to.deep.equal({ pre: 1, code: 1 });
        expect(block.text.trim()).to.equal('');
      }),
    );
  });
});

function ctrfValidator() {
  const file = createRequire(import.meta.url)
    .resolve('ctrf')
    .replace(/[^/]*$/, '');
  const schema = JSON.parse(readFileSync(`${file}ctrf-schema-0.0.json`, 'utf8'));
  const ajv = new Ajv({ allErrors: true, strict: false });
  formats.default(ajv);
  return ajv.compile(schema);
}

interface TapTest {
  readonly ok: boolean;
  readonly todo?: unknown;
  readonly diag?: unknown;
}

/** The tests of all subtests, and the parser's last word. */
async function parseTap(
  text: string,
): Promise<{ readonly results: FinalResults; readonly tests: readonly TapTest[] }> {
  const tests: TapTest[] = [];
  const results = await new Promise<FinalResults>((resolve) => {
    const parser = new Parser({ strict: true }, resolve);
    parser.on('child', (child: Parser) => {
      child.on('assert', ({ ok, todo, diag }) => {
        tests.push({ ok, ...(todo ? { todo } : {}), ...(diag ? { diag } : {}) });
      });
    });
    parser.end(text);
  });
  return { results, tests };
}
