import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { cacheRoot } from '../../cache/cache-root.ts';
import { namedValue } from '../../matrix/matrix.ts';
import { reportSchema } from '../../report/schema.ts';
import { loadMatrix } from '../load-matrix.ts';
import { lookForQemu } from '../look-for-qemu.ts';
import { createMeasurer, type Measurer } from './measure.ts';
import { findPlace } from './measured-cell.ts';

describe('measuring a kernel in guests', () => {
  const matrix = loadMatrix('matrix.yaml');
  const kernelOf = (name: string) => ({ name, source: namedValue(matrix.kernels, name) });
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-measure-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  function measurer(words: readonly string[]): Measurer {
    return createMeasurer({
      ...{ matrix, folder, rule: { passes: 2, most: 5 }, isCacheRead: false },
      place: findPlace(matrix, words, kernelOf('debian-6.1')),
      host: {
        cacheRoot: cacheRoot(process.env),
        findQemu: lookForQemu(process.env),
        hasTemplates: true,
        jobs: 1,
        signal: new AbortController().signal,
      },
    });
  }

  it('tells a kernel with the v1 controllers from one without, by the signature', async () => {
    const own = measurer(['v1', 'unguarded', ':CPU quota']);
    const good = await own.measure(kernelOf('debian-6.1'));
    expect(good, good.why).to.include({ outcome: 'good', verdict: 'pass' });
    const bad = await own.measure(kernelOf('debian-6.12'));
    expect(bad, bad.why).to.include({ outcome: 'bad', verdict: 'agent-panic' });
    expect(bad.why).to.match(/unguarded\.rs/);
    expect(own.wanted).to.deep.equal({ kind: 'signature', signature: bad.signature });
    expect(await readdir(bad.folder)).to.have.members(['1', '2']);
    const file = join(bad.folder, '2', 'report.json');
    const report = reportSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    expect(report.cells.map(({ id }) => id)).to.deep.equal(['debian-6.12+default+v1+unguarded']);
  });

  it('says that a kernel is not available, and boots nothing', async () => {
    const source = { kind: 'path', image: join(folder, 'vmlinuz') } as const;
    const measured = await measurer(['v2', 'guarded']).measure({ name: 'gone', source });
    expect(measured.outcome).to.equal('unclear');
    expect(measured.why).to.include('vmlinuz');
    expect(await readdir(folder)).to.deep.equal([]);
  });

  it('refuses words that are in no title', async () => {
    const words = ['v2', 'guarded', ':no such title'];
    const error = await measurer(words)
      .measure(kernelOf('debian-6.1'))
      .catch((reason: unknown) => reason);
    expect(error).to.include({ name: 'UsageError', code: 'TEST_UNKNOWN' });
  });
});
