import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';
import { InfraError } from '../errors.ts';
import { cachedEntry } from './cached-entry.ts';
import { takeLock, tryLock } from './host-lock.ts';
import { findLockHolder, type LockHolder } from './lock-holder.ts';

const PROGRAM = join(import.meta.dirname, 'testing', 'fill-entry.ts');
const KEY = 'kernels/some-6.1';

describe('A cache entry', () => {
  let root = '';
  const writeEntry = (text: string) => async (folder: string) => {
    await writeFile(join(folder, 'file'), text);
  };

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'kmx-cache-'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('is filled once and then handed out as it is', async () => {
    const first = await cachedEntry(root, KEY, writeEntry('first'));
    const second = await cachedEntry(root, KEY, writeEntry('second'));
    expect(first).to.equal(join(root, KEY));
    expect(second).to.equal(first);
    expect(await readFile(join(first, 'file'), 'utf8')).to.equal('first');
  });

  it('has read-only files and keeps their execute bits', async () => {
    const entry = await cachedEntry(root, KEY, async (folder) => {
      await mkdir(join(folder, 'deep'));
      await writeFile(join(folder, 'deep', 'data'), '', { mode: 0o664 });
      await writeFile(join(folder, 'deep', 'program'), '', { mode: 0o755 });
    });
    expect((await stat(join(entry, 'deep', 'data'))).mode & 0o222).to.equal(0);
    expect((await stat(join(entry, 'deep', 'program'))).mode & 0o777).to.equal(0o555);
  });

  it('is not there after its filling failed, and can be filled again', async () => {
    const failure = new Error('half way');
    const failing = cachedEntry(root, KEY, async (folder) => {
      await writeFile(join(folder, 'file'), 'half');
      throw failure;
    });
    expect(await failing.catch((error: unknown) => error)).to.equal(failure);
    expect(await readdir(join(root, 'temporary'))).to.deep.equal([]);
    const entry = await cachedEntry(root, KEY, writeEntry('whole'));
    expect(await readFile(join(entry, 'file'), 'utf8')).to.equal('whole');
  });

  it('turns a full disk into an infrastructure error with a remedy', async () => {
    const failing = cachedEntry(root, KEY, async () => {
      throw Object.assign(new Error('write'), { code: 'ENOSPC' });
    });
    const error = await failing.catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(InfraError).with.property('code', 'DISK_FULL');
    expect(error).to.have.property('remedy').that.includes('KMX_CACHE');
  });

  it('refuses a key that leads out of the cache', async () => {
    for (const key of ['../x', '/x', 'a/../b', 'a//b', '', '.hidden', 'a/.']) {
      const error = await cachedEntry(root, key, writeEntry('')).catch((reason: unknown) => reason);
      expect(error, key).to.be.instanceOf(TypeError);
    }
  });

  it('cannot be made below a file', async () => {
    await writeFile(join(root, 'file'), '');
    const error = await cachedEntry(join(root, 'file'), KEY, writeEntry('')).catch(
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(Error).with.property('code', 'ENOTDIR');
  });
});

describe('A cache entry wanted by two processes', () => {
  let root = '';
  const children: AsyncDisposable[] = [];

  function startFilling(content: string) {
    const child = execa(process.execPath, [PROGRAM, root, KEY, content], {
      stdin: 'pipe',
      reject: false,
    });
    const lines = child.iterable();
    const self = {
      child,
      async waitFor(wanted: string): Promise<void> {
        for (let step = await lines.next(); !step.done; step = await lines.next()) {
          if (step.value === wanted) return;
        }
        throw new Error(`'${wanted}' never came: ${(await child).stderr}`);
      },
      /** Lets it continue if it is the one that fills. */
      release: () => child.stdin.end('\n'),
      async [Symbol.asyncDispose]() {
        child.kill('SIGKILL');
        await child;
      },
    };
    children.push(self);
    return self;
  }

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'kmx-cache-'));
  });
  afterEach(async () => {
    for (const child of children.splice(0)) await child[Symbol.asyncDispose]();
    await rm(root, { recursive: true, force: true });
  });

  it('is filled by one of them while the other waits', async () => {
    const first = startFilling('first');
    await first.waitFor('filling');
    const second = startFilling('second');
    await second.waitFor('asking');
    second.release();
    first.release();
    expect((await first.child).stdout.split('\n')).to.deep.equal(['asking', 'filling', 'done']);
    expect((await second.child).stdout.split('\n')).to.deep.equal(['asking', 'done']);
    expect(await readFile(join(root, KEY, 'whole'), 'utf8')).to.equal('first');
  });

  it('says whom it waits for, and stops waiting at once', async () => {
    const first = startFilling('first');
    await first.waitFor('filling');
    const controller = new AbortController();
    const reason = new Error('Ctrl-C');
    const found = Promise.withResolvers<LockHolder>();
    const waiting = { signal: controller.signal, onWait: found.resolve };
    const ended = cachedEntry(root, KEY, async () => {}, waiting).catch((error: unknown) => error);
    const shown = `process ${first.child.pid}`;
    expect(await found.promise).to.deep.equal({ isOwn: false, shown });
    controller.abort(reason);
    expect(await ended).to.equal(reason);
    first.release();
    await first.waitFor('done');
    expect(await readFile(join(root, KEY, 'whole'), 'utf8')).to.equal('first');
  });

  it('is filled by the waiting one if the other is killed half way', async () => {
    const first = startFilling('first');
    await first.waitFor('filling');
    const second = startFilling('second');
    await second.waitFor('asking');
    first.child.kill('SIGKILL');
    await second.waitFor('filling');
    expect(await readdir(join(root, 'temporary'))).to.have.length(1);
    second.release();
    await second.waitFor('done');
    expect(await readFile(join(root, KEY, 'whole'), 'utf8')).to.equal('second');
    expect(await readdir(join(root, 'temporary'))).to.deep.equal([]);
  });

  it('leaves rubbish if both are killed, which filling another entry removes', async () => {
    const first = startFilling('first');
    await first.waitFor('filling');
    first.child.kill('SIGKILL');
    await first.child;
    expect(await readdir(join(root, 'temporary'))).to.have.length(1);
    // The system frees a dead process's lock a moment after the process has ended.
    await using _freed = await takeLock(join(root, 'locks', KEY.replaceAll('/', '%')));
    await _freed[Symbol.asyncDispose]();
    await cachedEntry(root, 'kernels/other', async () => {});
    expect(await readdir(join(root, 'temporary'))).to.deep.equal([]);
  });

  it('is left alone by others while it is being filled', async () => {
    const first = startFilling('first');
    await first.waitFor('filling');
    await cachedEntry(root, 'kernels/other', async () => {});
    first.release();
    await first.waitFor('done');
    expect(await readFile(join(root, KEY, 'whole'), 'utf8')).to.equal('first');
  });
});

describe('A lock between processes', () => {
  it('is busy while it is held and free afterwards', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kmx-lock-'));
    try {
      const file = join(folder, 'deep', 'lock');
      {
        await using _held = await takeLock(file);
        expect(await tryLock(file)).to.equal(undefined);
      }
      await using again = await tryLock(file);
      expect(again).to.be.an('object');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('names its holder, if it has one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kmx-lock-'));
    try {
      const file = join(folder, 'lock');
      {
        await using _held = await takeLock(file);
        expect(await findLockHolder(file)).to.deep.equal({ isOwn: true, shown: 'this process' });
      }
      expect(await findLockHolder(file)).to.deep.equal({ isOwn: false, shown: 'another process' });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('is not waited for any longer once nobody wants it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kmx-lock-'));
    try {
      const file = join(folder, 'lock');
      const controller = new AbortController();
      const reason = new Error('Ctrl-C');
      {
        await using _held = await takeLock(file);
        const waiting = takeLock(file, { signal: controller.signal }).catch(
          (error: unknown) => error,
        );
        setImmediate(() => controller.abort(reason));
        expect(await waiting).to.equal(reason);
      }
      // Nobody is left in the queue who would get it now.
      await using again = await tryLock(file);
      expect(again).to.be.an('object');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
