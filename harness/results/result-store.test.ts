import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { execaNode } from 'execa';
import { digestOf } from '../cache/digest.ts';
import { readLastRuns } from './last-runs.ts';
import { createResultStore } from './result-store.ts';
import type { StoredFile } from './stored-file.ts';
import { PASS, storedFile } from './testing/stored.ts';

const WRITER = fileURLToPath(new URL('testing/write-results.ts', import.meta.url));
const KEY = 'sha256:key';
const SPEC = 'memory/limit.spec.ts';
const HELPER = '../helper.ts';

describe('stored results', () => {
  let folder: string;
  let scenarios: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-results-'));
    scenarios = join(folder, 'scenarios');
    await mkdir(join(scenarios, 'memory'), { recursive: true });
    await writeFile(join(scenarios, SPEC), 'spec');
    await writeFile(join(folder, 'helper.ts'), 'helper');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const cache = (): string => join(folder, 'cache');
  const open = () => createResultStore(cache(), scenarios);
  const imported = (): StoredFile =>
    storedFile(
      SPEC,
      { one: PASS },
      { modules: { [SPEC]: digestOf('spec'), [HELPER]: digestOf('helper') } },
    );
  const readSpec = async () => (await open().read(KEY, [SPEC])).get(SPEC);
  const paths = async () => {
    const entries = await readdir(cache(), { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((one) => join(one.parentPath, one.name));
  };

  it('can be read by another kmx, and leave no temporary files', async () => {
    await open().write(imported());
    expect(await readSpec()).to.deep.equal(imported());
    expect(await paths()).to.have.length(1);
    expect((await open().read('sha256:another', [SPEC])).size).to.equal(0);
  });

  it('are invalid once the spec file or a file that it imported has changed or is gone', async () => {
    await open().write(imported());
    await writeFile(join(scenarios, SPEC), 'another spec');
    expect(await readSpec()).to.equal(undefined);
    await writeFile(join(scenarios, SPEC), 'spec');
    expect(await readSpec()).to.deep.equal(imported());
    await writeFile(join(folder, 'helper.ts'), 'another helper');
    expect(await readSpec()).to.equal(undefined);
    await rm(join(folder, 'helper.ts'));
    expect(await readSpec()).to.equal(undefined);
  });

  it('count as missing if a file is broken or not a file, and are replaced', async () => {
    await open().write(imported());
    const [path = ''] = await paths();
    await writeFile(path, '{"version":');
    expect(await readSpec()).to.equal(undefined);
    await open().write(imported());
    expect(await readSpec()).to.deep.equal(imported());
    await rm(path);
    await mkdir(path);
    expect(await readSpec()).to.equal(undefined);
  });

  it('are never incomplete while two kmx store the same ones', async () => {
    const write = (name: string) =>
      execaNode(WRITER, [cache(), scenarios, name, '100'], { nodeOptions: [] });
    const writers = Promise.all(['first', 'second'].map(write));
    let isOver = false;
    void writers.finally(() => {
      isOver = true;
    });
    let isThere = false;
    while (!isOver) {
      const stored = (await open().read(KEY, ['boots'])).get('boots');
      if (isThere) expect(stored).not.to.equal(undefined);
      isThere ||= stored !== undefined;
      await new Promise(setImmediate);
    }
    await writers;
    const result = (await open().read(KEY, ['boots'])).get('boots')?.tests[0]?.result;
    expect(result?.run).to.be.oneOf(['first', 'second']);
    expect(await readdir(join(cache(), 'results'))).to.have.length(1);
    expect([...(await readLastRuns(cache())).keys()]).to.have.members(['first', 'second']);
  });

  it('are removed when nobody has asked for them in two weeks', async () => {
    const store = open();
    await store.write(imported());
    await store.write({ ...imported(), key: 'sha256:other' });
    const long = new Date(Date.now() - 15 * 24 * 60 * 60 * 1000);
    for (const name of await readdir(join(cache(), 'results'))) {
      await utimes(join(cache(), 'results', name), long, long);
    }
    // Asked for, and so used again.
    await readSpec();
    await store.prune();
    expect(await readdir(join(cache(), 'results'))).to.have.length(1);
    expect(await readSpec()).to.deep.equal(imported());
  });
});
