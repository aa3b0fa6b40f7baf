import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { UsageError } from '../errors.ts';
import { buildBzImage } from '../kernels/testing/build-kernel.ts';
import { expandMatrix } from '../matrix/expand.ts';
import { parseMatrix } from '../matrix/parse.ts';
import { resolveKernels } from './run-inputs.ts';

const CONFIG = `CONFIG_CPUSETS=y
# CONFIG_CPUSETS_V1 is not set
CONFIG_HZ=250
CONFIG_TMPFS=y
`;

describe('the kernels of a plan', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-inputs-'));
    await writeFile(join(folder, 'bzImage'), buildBzImage('6.12.0-mine'));
    await writeFile(join(folder, 'config'), CONFIG);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function resolve(configs: string, kernel = '{ image: bzImage, config: config }') {
    const text = `
kernels:
  mine: { path: ${kernel} }
configs: ${configs}
cgroups: [v1, v2]
agents: { a: { reference: { guard: on } } }
`;
    const parsed = parseMatrix(text, { file: join(folder, 'matrix.yaml') });
    if (!parsed.isValid) throw new Error(JSON.stringify(parsed.problems));
    const plan = { profile: 'all', cells: expandMatrix(parsed.matrix) };
    const context = { cacheRoot: join(folder, 'cache'), onProgress: () => {} };
    return await resolveKernels(parsed.matrix, plan, context);
  }

  async function refuse(...words: Parameters<typeof resolve>): Promise<UsageError> {
    const error = await resolve(...words).then(
      () => expect.fail('it was resolved'),
      (found: unknown) => found,
    );
    expect(error).to.be.instanceOf(UsageError);
    return error as UsageError;
  }

  it('are booted as they are where they have what a config asks for', async () => {
    await writeFile(join(folder, 'hz.config'), 'CONFIG_HZ=250\n# CONFIG_NOVEL is not set\n');
    const asked = '{ fragments: [./hz.config], symbols: [CONFIG_CPUSETS_V1=n, CONFIG_TMPFS=y] }';
    const kernels = await resolve(`{ default: {}, same: ${asked} }`);
    expect([...kernels.keys()]).to.deep.equal(['mine']);
    expect(kernels.get('mine')).to.include({ release: '6.12.0-mine' });
  });

  it('are refused where they lack it, each symbol with what was found', async () => {
    const { message, output, remedy } = await refuse(`
  default: {}
  v1-on: { symbols: [CONFIG_CPUSETS_V1=y, CONFIG_HZ=1000, CONFIG_TMPFS=y] }
  psi: { symbols: [CONFIG_PSI=y] }
`);
    expect(message).to.match(/^4 cells cannot be what the config asks for/);
    expect(output?.split('\n')).to.deep.equal([
      'kernel mine, config v1-on (mine+v1-on+v1+a and 1 other cell) lacks:',
      '    CONFIG_CPUSETS_V1=y: found not set',
      '    CONFIG_HZ=1000: found 250',
      'kernel mine, config psi (mine+psi+v1+a and 1 other cell) lacks:',
      '    CONFIG_PSI=y: found nothing',
    ]);
    expect(remedy).to.equal('take these cells out with `exclude`');
  });

  it('are refused if their configuration is not known', async () => {
    const { output } = await refuse('{ psi: { symbols: [CONFIG_PSI=y] } }', '{ image: bzImage }');
    expect(output).to.match(/^kernel mine, config psi .*: its configuration is not known: /);
  });

  it('are all looked at before one that cannot be used is told, with its name', async () => {
    await writeFile(join(folder, 'other'), 'no kernel\n');
    const one = await refuse('{ default: {} }', '{ image: other }');
    expect(one.message).to.match(/^mine: .*other/);
    const text = '{ image: other } }\n  lost: { path: { image: nowhere }';
    const both = await refuse('{ default: {} }', text);
    expect(both.message).to.equal('2 kernels of the matrix cannot be used');
    expect(both.output)
      .to.match(/^mine: .*other/)
      .and.to.match(/^lost: .*nowhere/m);
    expect(both.output).to.match(/^ {2}name a bzImage or vmlinux/m);
  });

  it('are not looked at before fragments can be read', async () => {
    await writeFile(join(folder, 'bad.config'), 'PSI=y\n');
    const { output } = await refuse('{ psi: { fragments: [./bad.config] } }');
    expect(output).to.include('bad.config:1:1: expected CONFIG_PSI=');
  });
});
