import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { InfraError } from '../errors.ts';
import type { QemuHost } from '../machine/qemu/find-qemu.ts';
import { lookForQemu } from './look-for-qemu.ts';

const QEMU: QemuHost = {
  ...{ binary: 'qemu', version: '10.0.0', build: 'QEMU emulator version 10.0.0' },
  hasSandbox: true,
  starter: {
    start: () => Promise.reject(new Error('nothing is started here')),
    guarded: (commandLine) => commandLine,
  },
};

describe('QEMU that is missing', () => {
  let folder: string;
  let setUp: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-look-'));
    setUp = join(folder, 'setup');
    await writeSetUp('exit 0');
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function writeSetUp(end: string): Promise<void> {
    await writeFile(setUp, `#!/bin/sh\necho "$@" >>${folder}/words\n${end}\n`);
    await chmod(setUp, 0o755);
  }

  const readWords = (): Promise<string> =>
    readFile(join(folder, 'words'), 'utf8').catch(() => 'not run');

  /** QEMU as it is found the first time, the second time, and so on. */
  function finding(...outcomes: readonly (QemuHost | Error)[]): () => Promise<QemuHost> {
    const left = [...outcomes];
    return async () => {
      const outcome = left.shift() ?? new Error('looked for once more');
      if (outcome instanceof Error) throw outcome;
      return outcome;
    };
  }

  const missing = new InfraError('cannot run qemu', { code: 'NO_QEMU', remedy: 'install it' });

  async function failureOf(asked: Promise<unknown>): Promise<unknown> {
    return await asked.then(
      () => undefined,
      (error: unknown) => error,
    );
  }

  it('is not set up as long as nobody asks for it', async () => {
    lookForQemu({ KMX_SETUP: setUp }, finding(missing));
    await new Promise(setImmediate);
    expect(await readWords()).to.equal('not run');
  });

  it('is set up once, however many machines ask for it', async () => {
    const ask = lookForQemu({ KMX_SETUP: setUp }, finding(missing, QEMU));
    expect(await Promise.all([ask(), ask()])).to.deep.equal([QEMU, QEMU]);
    expect(await readWords()).to.equal('qemu\n');
  });

  it('is a fault of the host if it cannot be set up', async () => {
    await writeSetUp('exit 69');
    const ask = lookForQemu({ KMX_SETUP: setUp }, finding(missing));
    expect(await failureOf(ask())).to.equal(missing);
    expect(await readWords()).to.equal('qemu\n');
  });

  it('is not set up in place of one that the user has named, nor where nothing sets up', async () => {
    for (const environment of [
      { KMX_SETUP: setUp, KMX_QEMU: '/opt/qemu' },
      {},
      { KMX_SETUP: '' },
    ]) {
      expect(await failureOf(lookForQemu(environment, finding(missing))())).to.equal(missing);
    }
    expect(await readWords()).to.equal('not run');
  });

  it('is told from a fault of another kind, which no set-up mends', async () => {
    const fault = new Error('out of file handles');
    const ask = lookForQemu({ KMX_SETUP: setUp }, finding(fault));
    expect(await failureOf(ask())).to.equal(fault);
    expect(await readWords()).to.equal('not run');
  });
});
