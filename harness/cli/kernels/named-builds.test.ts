import { expect } from 'chai';
import { UsageError } from '../../errors.ts';
import { parseMatrix } from '../../matrix/parse.ts';
import { matrixBuilds, namedBuilds } from './named-builds.ts';

const parsed = parseMatrix(
  `
kernels:
  stock: { path: { image: x } }
  built: { source: { tree: ../linux } }
  unbooted: { source: { tree: ../other } }
configs: { default: {}, v1-on: { symbols: [CONFIG_CPUSETS_V1=y] } }
cgroups: [v2]
agents: { a: { reference: { guard: on } } }
exclude: [{ kernel: unbooted }]
`,
  { file: 'matrix.yaml' },
);
if (!parsed.isValid) throw new Error(JSON.stringify(parsed.problems));
const { matrix } = parsed;

describe('the kernels that a command is told to work on', () => {
  const names = (...asked: string[]) => namedBuilds(matrix, asked).map(({ name }) => name);

  it('are those that cells boot, and last those that none boots', () => {
    expect(names()).to.deep.equal(['stock', 'built', 'built+v1-on', 'unbooted']);
    expect(matrixBuilds(matrix)).to.deep.equal(namedBuilds(matrix, []));
  });

  it('are the named ones, each once', () => {
    expect(names('built+v1-on', 'stock', 'built+v1-on')).to.deep.equal(['built+v1-on', 'stock']);
  });

  for (const [name, remedy] of [
    ['built+v1-of', 'did you mean built+v1-on?'],
    ['stok', 'did you mean stock?'],
    ['built+v1-on+v1-on', 'did you mean built+v1-on?'],
    ['', 'it has stock, built, built+v1-on and unbooted'],
    ['__proto__', 'it has stock, built, built+v1-on and unbooted'],
  ] as const) {
    it(`are not ${JSON.stringify(name)}: ${remedy}`, () => {
      expect(() => names(name))
        .to.throw(UsageError, 'the matrix has no kernel')
        .with.property('remedy', remedy);
    });
  }
});
