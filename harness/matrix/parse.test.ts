import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { anyText } from '../testing/any-text.ts';
import { expandMatrix } from './expand.ts';
import type { Matrix } from './matrix.ts';
import { parseMatrix } from './parse.ts';
import { renderProblems } from './render-problems.ts';
import { selectCells } from './select.ts';
import { checkFaults } from './testing/check-faults.ts';

const file = 'matrix.yaml';

function parseValid(text: string, at = file): Matrix {
  const parsed = parseMatrix(text, { file: at });
  if (!parsed.isValid) throw new Error(renderProblems(text, parsed.problems, { file: at }));
  return parsed.matrix;
}

describe('the problems of a faulty matrix file', () => {
  checkFaults(new URL('testdata/faults/', import.meta.url), file, (text) => {
    const parsed = parseMatrix(text, { file });
    return parsed.isValid ? 'valid' : renderProblems(text, parsed.problems, { file });
  });
});

describe('the boot parameters of a config', () => {
  const textWith = (words: readonly string[]): string => `
kernels: { one: { path: { image: build/bzImage } } }
configs: { long: { boot_parameters: ${JSON.stringify(words)} } }
agents: { mine: { kata: { path: ./agent } } }
`;

  it('may be as long as the kernel reads, with the spaces between them', () => {
    const words = ['quiet', 'x'.repeat(1919 - 'quiet '.length)];
    expect(parseValid(textWith(words)).configs.get('long')?.bootParameters).to.deep.equal(words);
  });

  it('are refused where the kernel would drop some of them', () => {
    const text = textWith(['quiet', 'x'.repeat(1920 - 'quiet '.length)]);
    const parsed = parseMatrix(text, { file });
    const problems = parsed.isValid ? [] : parsed.problems;
    expect(problems).to.have.length(1);
    expect(problems[0]).to.include({
      code: 'OUT_OF_RANGE',
      expected: 'at most 1919, with the spaces between them',
    });
    expect(text.slice(problems[0]?.start, problems[0]?.end)).to.equal('boot_parameters');
  });
});

describe('docs/matrix.md', () => {
  const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
  const manual = read('../../docs/matrix.md');

  it('shows problems as they are rendered', () => {
    const [rendered = ''] = read('testdata/faults/in-the-documentation.txt').split('\n--- ');
    expect(manual).to.contain(`\`\`\`\n${rendered}\`\`\`\n`);
  });

  it('begins with a whole matrix of four cells', () => {
    const [, example = ''] = manual.split(/```(?:yaml)?\n/);
    expect(expandMatrix(parseValid(example))).to.have.length(4);
  });
});

describe('a faultless matrix file', () => {
  const least = `
kernels: { one: { path: { image: build/bzImage, modules: /lib/modules/6.1 } } }
agents: { mine: { kata: { path: ./agent } } }
`;

  it('needs kernels and agents only, and has a default for everything else', () => {
    const matrix = parseValid(least);
    expect([...matrix.configs]).to.deep.equal([
      ['default', { bootParameters: [], leaveUnmounted: [] }],
    ]);
    expect(matrix.cgroups).to.deep.equal(['v1', 'v2']);
    expect(matrix.limits.bootTimeoutMs).to.equal(60_000);
    expect(matrix.profiles.size).to.equal(0);
    const mine = { arguments: [], environment: {}, libraryPath: [] };
    expect(matrix.agents.get('mine')).to.deep.include(mine);
  });

  it('has a machine of each kind unless it names its own', () => {
    expect([...parseValid(least).machines]).to.deep.equal([
      ['qemu', { kind: 'qemu', in: 'host', suites: [] }],
      ['container', { kind: 'container', privileged: false }],
    ]);
    const matrix = parseValid(`${least}
machines:
  own: { qemu: { in: container } }
  newer: { qemu: { in: container, suite: [trixie, trixie-backports] } }
  qemu: { qemu: { in: host } }
  rooted: { container: { privileged: true } }
`);
    expect([...matrix.machines]).to.deep.equal([
      ['own', { kind: 'qemu', in: 'container', suites: ['trixie'] }],
      ['newer', { kind: 'qemu', in: 'container', suites: ['trixie', 'trixie-backports'] }],
      ['qemu', { kind: 'qemu', in: 'host', suites: [] }],
      ['rooted', { kind: 'container', privileged: true }],
    ]);
  });

  it('may have the kernel of the host, for containers alone', () => {
    const matrix = parseValid(`
kernels: { host: { host: {} } }
agents: { mine: { kata: { path: ./agent } } }
`);
    expect(matrix.kernels.get('host')).to.deep.equal({ kind: 'host' });
    expect(expandMatrix(matrix).map(({ id, machine }) => [id, machine])).to.deep.equal([
      ['host+default+v1+mine', 'container'],
      ['host+default+v2+mine', 'container'],
    ]);
  });

  it('has its relative paths taken from its own folder', () => {
    const matrix = parseValid(least, 'ci/matrices/small.yaml');
    expect(matrix.kernels.get('one')).to.deep.equal({
      kind: 'path',
      image: 'ci/matrices/build/bzImage',
      modules: '/lib/modules/6.1',
    });
    expect(matrix.agents.get('mine')).to.include({ path: 'ci/matrices/agent' });
    const libraries = 'path: ./agent, library_path: [lib, /opt/lib]';
    const other = parseValid(least.replace('path: ./agent', libraries), 'ci/small.yaml');
    expect(other.agents.get('mine')).to.have.deep.property('libraryPath', ['ci/lib', '/opt/lib']);
  });

  it('keeps the order of its names, also of those that look like numbers', () => {
    const kernel = '{ path: { image: x } }';
    const names = ['zeta', '"7"', '"5"', 'alpha'];
    const kernels = names.map((name) => `  ${name}: ${kernel}\n`).join('');
    const matrix = parseValid(`kernels:\n${kernels}agents: { a: { kata: { path: x } } }`);
    expect([...matrix.kernels.keys()]).to.deep.equal(['zeta', '7', '5', 'alpha']);
  });

  for (const [written, guard] of [
    ['on', 'on'],
    ['"on"', 'on'],
    ['true', 'on'],
    ['off', 'off'],
    ["'off'", 'off'],
    ['false', 'off'],
  ]) {
    it(`may switch the guard of the reference agent with ${written}`, () => {
      const matrix = parseValid(`
kernels: { one: { path: { image: x } } }
agents: { a: { reference: { guard: ${written} } } }
`);
      expect(matrix.agents.get('a')).to.deep.equal({ kind: 'reference', guard });
    });
  }

  const DIGEST = '0123456789abcdef'.repeat(4);

  it('takes cloud kernels of a series, and an exact package as it is', () => {
    const matrix = parseValid(`
kernels:
  series: { debian: { suite: [bookworm, bookworm-security], series: "6.10" } }
  package: { debian: { suite: bookworm, package: linux-image-6.12.117+deb12-rt-amd64 } }
  digests: { debian: { suite: sid, series: "7.1", sha256: { linux-base-7.1: ${DIGEST} } } }
  trusted: { debian: { suite: sid, series: "7.1", unlisted: trust-on-first-use } }
agents: { a: { kata: { path: x } } }
`);
    expect([...matrix.kernels.values()]).to.deep.equal([
      {
        kind: 'debian-series',
        suites: ['bookworm', 'bookworm-security'],
        sha256: {},
        unlisted: 'refuse',
        series: '6.10',
        flavour: 'cloud',
      },
      {
        kind: 'debian-package',
        suites: ['bookworm'],
        sha256: {},
        unlisted: 'refuse',
        package: 'linux-image-6.12.117+deb12-rt-amd64',
      },
      {
        kind: 'debian-series',
        suites: ['sid'],
        sha256: { 'linux-base-7.1': DIGEST },
        unlisted: 'refuse',
        series: '7.1',
        flavour: 'cloud',
      },
      {
        kind: 'debian-series',
        suites: ['sid'],
        sha256: {},
        unlisted: 'trust-on-first-use',
        series: '7.1',
        flavour: 'cloud',
      },
    ]);
  });

  it('may use names that objects have of their own', () => {
    const matrix = parseValid(`
kernels: { constructor: { path: { image: x } }, valueof: { path: { image: x } } }
agents: { a: { kata: { path: x, environment: { toString: "1" } } } }
exclude: [{ kernel: constructor, cgroup: v1 }]
`);
    expect(matrix.kernels.get('toString')).to.equal(undefined);
    expect(expandMatrix(matrix)).to.have.length(3);
  });
});

describe('any text', () => {
  // Mocha sets it to infinity, and a caught stack overflow then takes a second.
  const { stackTraceLimit } = Error;
  before(() => {
    Error.stackTraceLimit = 10;
  });
  after(() => {
    Error.stackTraceLimit = stackTraceLimit;
  });

  /** Everything that a terminal would act on, except for our own line breaks. */
  const unprintable = /[^\P{C}\n]/u;

  function checkText(text: string): void {
    const parsed = parseMatrix(text, { file });
    if (parsed.isValid) {
      const { cells } = selectCells(parsed.matrix);
      expect(cells).not.to.have.length(0);
      for (const { id } of cells) expect(id).to.match(/^[a-z0-9._+-]{7,250}$/);
      return;
    }
    const { problems } = parsed;
    expect(problems).not.to.have.length(0);
    for (const { start, end } of problems) {
      expect(start).to.be.within(0, text.length);
      expect(end).to.be.within(start, text.length);
    }
    expect(renderProblems(text, problems, { file })).not.to.match(unprintable);
  }

  const base = readFileSync(new URL('../../matrix.yaml', import.meta.url), 'utf8');
  const yamlText = fc
    .array(
      fc.constantFrom(
        ...['kernels', 'agents', 'configs', 'exclude', 'cgroup', 'a', 'v1', '6.10', '"x', "'"],
        ...['machines', 'machine', 'qemu', 'container', 'host', 'in', 'suite'],
        ...[': ', ':', '- ', '{', '}', '[', ']', ', ', '\n', '\n  ', '\t', '\r\n', '#', '|', '>'],
        ...[
          '&a',
          '*a',
          '!!str ',
          '!x',
          '---',
          '...',
          '%YAML 1.1',
          '? ',
          '<<',
          '\u{1b}',
          '\u{feff}',
        ],
      ),
      { maxLength: 60 },
    )
    .map((words) => words.join(''));

  it('is either a matrix or has problems that can be shown', () => {
    fc.assert(fc.property(fc.oneof(anyText(), yamlText), checkText));
  });

  it('is so too if it was a faultless matrix before someone edited it', () => {
    const edit = fc.record({
      at: fc.nat(base.length),
      removed: fc.nat(40),
      added: fc.oneof(yamlText, anyText({ maxLength: 5 })),
    });
    const edits = fc.array(edit, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(edits, (changes) => {
        const text = changes.reduce(
          (before, { at, removed, added }) =>
            `${before.slice(0, at)}${added}${before.slice(at + removed)}`,
          base,
        );
        checkText(text);
      }),
    );
  });

  it('is so too if it is nested without end', () => {
    for (const opening of ['[', '{a: ', '- ', '? ', '{kernels: {a: [']) {
      checkText(opening.repeat(5000));
      checkText(`kernels: ${opening.repeat(20)}`);
    }
  });
});
