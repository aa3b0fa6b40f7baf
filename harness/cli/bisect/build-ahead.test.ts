import { expect } from 'chai';
import { UsageError } from '../../errors.ts';
import { BuildAhead, type BuildOptions, defaultBuilds, type KernelBuilder } from './build-ahead.ts';
import type { Completed } from './config-bench.ts';

const kernel = (digest: string): Completed => ({
  ...{ digest, path: digest },
  effective: { symbols: new Map() },
});

async function* all(...digests: readonly string[]): AsyncGenerator<Completed> {
  for (const digest of digests) yield kernel(digest);
}

/** Builds that end when they are told to. */
class FakeBuilder implements KernelBuilder {
  readonly begun: string[] = [];
  readonly stopped: string[] = [];
  isReady = true;
  most = 0;
  readonly #running = new Map<string, { end(error?: Error): void; readonly how: BuildOptions }>();

  async build({ digest }: Completed, how: BuildOptions): Promise<void> {
    this.begun.push(digest);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const end = (error?: Error): void => (error === undefined ? resolve() : reject(error));
    how.signal.addEventListener('abort', () => {
      if (this.#running.has(digest)) this.stopped.push(digest);
      reject(how.signal.reason as Error);
    });
    this.#running.set(digest, { end, how });
    this.most = Math.max(this.most, this.#running.size);
    await promise.finally(() => this.#running.delete(digest));
  }

  async prepare(): Promise<boolean> {
    return this.isReady;
  }

  async end(digest: string, error?: Error): Promise<void> {
    await this.untilBegun(digest);
    this.#running.get(digest)?.end(error);
    await turn();
  }

  async untilBegun(digest: string): Promise<BuildOptions | undefined> {
    while (!this.begun.includes(digest)) await turn();
    return this.#running.get(digest)?.how;
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('Building ahead', () => {
  let builder: FakeBuilder;
  beforeEach(() => {
    builder = new FakeBuilder();
  });

  it('uses a kernel once it is built, while those that may be next are being built', async () => {
    await using builds = new BuildAhead(builder, 3);
    const used = builds.during(kernel('now'), all('yes', 'no'), async () => [...builder.begun]);
    const ahead = await builder.untilBegun('no');
    expect([ahead?.isAhead, ahead?.isShown()]).to.deep.equal([true, false]);
    await builder.end('now');
    expect(await used).to.deep.equal(['now', 'yes', 'no']);
    expect(builder.stopped).to.deep.equal([]);
  });

  it('shows a build from when somebody waits for it, and stops those for the other answer', async () => {
    await using builds = new BuildAhead(builder, 3);
    const first = builds.during(kernel('now'), all('yes', 'no'), async () => {});
    const yes = await builder.untilBegun('yes');
    await builder.untilBegun('no');
    await builder.end('now');
    await first;
    expect([builds.has(kernel('yes')), builds.has(kernel('later'))]).to.deep.equal([true, false]);
    const second = builds.during(kernel('yes'), all('yes-yes', 'yes-no'), async () => 'used');
    await builder.untilBegun('yes-no');
    expect(yes?.isShown()).to.equal(true);
    expect(builder.stopped).to.deep.equal(['no']);
    await builder.end('yes');
    expect(await second).to.equal('used');
  });

  it('stops all others if an answer makes a kernel necessary that nobody expected', async () => {
    await using builds = new BuildAhead(builder, 2);
    const first = builds.during(kernel('now'), all('yes', 'no'), async () => {});
    await builder.end('now');
    await first;
    await builder.untilBegun('no');
    const second = builds.during(kernel('other'), all(), async () => {});
    await builder.end('other');
    await second;
    expect(builder.stopped).to.have.members(['yes', 'no']);
  });

  it('builds no more at once than it was told', async () => {
    await using builds = new BuildAhead(builder, 2);
    const first = builds.during(kernel('now'), all('a', 'b', 'c', 'd'), async () => {});
    await builder.untilBegun('a');
    await builder.end('now');
    await builder.untilBegun('b');
    await first;
    expect(builder.most).to.equal(2);
    // As many as there may be builds, and not all that a search could come to.
    await builder.end('a');
    await builder.end('b');
    expect(builder.begun).to.deep.equal(['now', 'a', 'b']);
  });

  it('begins nothing ahead before objects are there that it can use', async () => {
    builder.isReady = false;
    await using builds = new BuildAhead(builder, 2);
    const first = builds.during(kernel('now'), all('next'), async () => {});
    await builder.end('now');
    await first;
    expect(builder.begun).to.deep.equal(['now']);
  });

  it('leaves it to the measurement to say why a kernel does not build', async () => {
    await using builds = new BuildAhead(builder, 2);
    const first = builds.during(kernel('now'), all('next'), async () => 'measured');
    await builder.untilBegun('next');
    await builder.end(
      'now',
      new UsageError('the sources do not compile', { code: 'BUILD_FAILED' }),
    );
    expect(await first).to.equal('measured');
    expect(builder.stopped).to.deep.equal(['next']);
  });

  it('does not hide a bug', async () => {
    await using builds = new BuildAhead(builder, 2);
    const first = builds.during(kernel('now'), all('next'), async () => 'measured');
    const failing = first.catch((error: unknown) => error);
    await builder.end('next', new TypeError('a bug'));
    await builder.end('now');
    expect(await failing).to.be.instanceOf(TypeError);
  });

  it('stops everything when it is disposed of', async () => {
    {
      await using builds = new BuildAhead(builder, 2);
      const first = builds.during(kernel('now'), all('next'), async () => {});
      await builder.untilBegun('next');
      await builder.end('now');
      await first;
    }
    expect(builder.stopped).to.deep.equal(['next']);
  });
});

describe('How many kernels are built at once', () => {
  const GIB = 1024 ** 3;

  it('is one on few CPUs, since a build keeps these busy', () => {
    expect(defaultBuilds({ cpus: 2, freeBytes: 64 * GIB })).to.equal(1);
    expect(defaultBuilds({ cpus: 7, freeBytes: 64 * GIB })).to.equal(1);
  });

  it('is at most the one that is waited for and one for either outcome', () => {
    expect(defaultBuilds({ cpus: 8, freeBytes: 64 * GIB })).to.equal(2);
    expect(defaultBuilds({ cpus: 96, freeBytes: 64 * GIB })).to.equal(3);
  });

  it('is what memory allows', () => {
    expect(defaultBuilds({ cpus: 96, freeBytes: 5 * GIB })).to.equal(2);
    expect(defaultBuilds({ cpus: 96, freeBytes: 0 })).to.equal(1);
  });
});
