/** Needs a container engine. Fetches 100 MiB of Debian's packages if the cache does not have them. */
import { spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { cacheRoot } from '../cache/cache-root.ts';
import { UsageError } from '../errors.ts';
import { buildKernel } from '../kernels/source/build/build-kernel.ts';
import type { Compiler } from '../kernels/source/compiler.ts';
import type { ConfiguredKernel } from '../kernels/source/configured-kernel.ts';
import {
  type MiniatureKernel,
  makeMiniatureKernel,
} from '../kernels/source/testing/miniature-kernel.ts';
import { connectEngine, type EngineClient } from '../machine/container/engine.ts';
import { OWNER_LABEL } from '../machine/container/labels.ts';
import { ownedPrefix } from '../machine/owner.ts';
import { containerCompiler } from './container-compiler.ts';

describe('kernels, built in a container', () => {
  let client: EngineClient;
  let compiler: Compiler;
  let folder: string;
  let tree: string;
  let kernel: MiniatureKernel;

  before(async () => {
    client = (await connectEngine()).client;
    const context = { cacheRoot: cacheRoot(process.env), onProgress: () => {} };
    compiler = await containerCompiler()(context);
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-tools-'));
    tree = join(folder, 'tree');
    kernel = await makeMiniatureKernel(tree);
  });
  afterEach(async () => {
    expect(await containersOf(ownedPrefix()), 'containers left').to.deep.equal([]);
    const images = await client.listImages();
    const names = images.flatMap(({ RepoTags }) => RepoTags ?? []);
    const left = names.filter((name) => /matrix-build/.test(name) && name.includes(ownedPrefix()));
    expect(left, 'images left').to.deep.equal([]);
    await rm(folder, { recursive: true });
  });

  async function containersOf(prefix: string): Promise<readonly string[]> {
    const all = await client.listContainers({ all: true, filters: { label: [OWNER_LABEL] } });
    return all
      .map(({ Labels }) => Labels[OWNER_LABEL] ?? '')
      .filter((owner) => owner.startsWith(prefix));
  }

  const configured = async (): Promise<ConfiguredKernel> => ({
    ...(await kernel.configured(['CONFIG_A=y'])),
    compiler,
  });

  /** Returns the exit code and the lines. */
  async function run(...words: [string, ...string[]]): Promise<[number, string[]]> {
    const lines: string[] = [];
    const paths = { folder: tree, readable: [tree], writable: [join(folder, 'out')] };
    await mkdir(join(folder, 'out'), { recursive: true });
    const code = await compiler.run(words, { ...paths, onLine: (line) => lines.push(line) });
    return [code, lines];
  }

  it('are the same bytes each time, and belong to this user', async () => {
    const build = async (cache: string) => {
      const context = { cacheRoot: join(folder, cache), onProgress: () => {} };
      return await buildKernel(await configured(), context);
    };
    const [one, other] = [await build('one'), await build('other')];
    expect(one.digest).to.equal(other.digest);
    expect(await readFile(one.image, 'latin1')).to.contain('kmx kmx Thu Jan  1 00:00:00 UTC 1970');
    expect((await stat(one.image)).uid).to.equal(process.getuid?.());
    expect(await readFile(join(tree, 'builds'), 'utf8'), 'sources are not written to').to.equal('');
  });

  it('are made by the compiler that says so, with all tools', async () => {
    expect(await run('gcc', '--version')).to.have.nested.property('[1][0]', compiler.version);
    const header = '#include <gelf.h>\\n#include <openssl/opensslv.h>\\n#include <asm/unistd.h>\\n';
    const check = `printf '${header}' | gcc -fsyntax-only -x c - && awk 'BEGIN { print "awk" }'`;
    expect(await run('sh', '-c', check)).to.deep.equal([0, ['awk']]);
    const grammar = '%%%%\\nall: ;\\n%%%%\\n';
    const bison = `printf '${grammar}' >/tmp/a.y && bison -o /tmp/a.c /tmp/a.y && echo made`;
    expect((await run('sh', '-c', bison))[1]).to.deep.equal(['made']);
    const flex = `printf '%%%%\\n. ;\\n' >/tmp/a.l && flex -o /tmp/b.c /tmp/a.l && echo made`;
    expect(await run('sh', '-c', flex)).to.deep.equal([0, ['made']]);
    const linked = `echo 'int main(void) { return 7; }' >/tmp/c.c && gcc -o /tmp/c /tmp/c.c -lelf -lcrypto && /tmp/c`;
    expect(await run('sh', '-c', linked)).to.deep.equal([7, []]);
  });

  it('see no network, and can write to their output alone', async () => {
    const [, network] = await run('cat', '/proc/net/dev');
    expect(network.flatMap((line) => /^ *(\w+):/.exec(line)?.[1] ?? [])).to.deep.equal(['lo']);
    expect((await run('touch', join(tree, 'new')))[0]).to.equal(1);
    expect((await run('touch', '/usr/bin/new'))[0]).to.equal(1);
    expect((await run('touch', join(folder, 'out/new')))[0]).to.equal(0);
    expect(await readdir(join(folder, 'out'))).to.deep.equal(['new']);
    const [, status] = await run('cat', '/proc/self/status');
    expect(status.join('\n'))
      .to.match(/^CapEff:\t0{16}$/m)
      .and.match(/^NoNewPrivs:\t1$/m);
  });

  it('fail with the first error of the compiler', async () => {
    await writeFile(join(tree, 'kernel/fork.c'), 'int fork(void) { return missing; }\n');
    const context = { cacheRoot: join(folder, 'cache'), onProgress: () => {} };
    const error = await buildKernel(await configured(), context).catch((fault: unknown) => fault);
    expect(error).to.be.instanceOf(UsageError).with.property('code', 'BUILD_FAILED');
    expect(error)
      .to.have.property('message')
      .that.contains("kernel/fork.c:1:25: error: 'missing' undeclared");
  });

  it('are given up with Ctrl-C, and go on from there', async () => {
    await writeFile(join(tree, 'hold'), '');
    const interrupt = new AbortController();
    const context = { cacheRoot: join(folder, 'cache'), signal: interrupt.signal };
    const building = buildKernel(await configured(), {
      ...context,
      onProgress: (progress) => {
        if (progress.kind === 'working' && progress.done === 2) interrupt.abort(new Error('^C'));
      },
    });
    expect(await building.catch((error: unknown) => error)).to.have.property('message', '^C');
    expect(await containersOf(ownedPrefix())).to.deep.equal([]);
    await rm(join(tree, 'hold'));
    const { signal: _, ...again } = context;
    const built = await buildKernel(await configured(), { ...again, onProgress: () => {} });
    expect(built.built?.isCached).to.equal(false);
  });

  it('do not outlive a kmx that is killed', async () => {
    await writeFile(join(tree, 'hold'), '');
    const script = new URL('./testing/build-miniature.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, [script, tree, join(folder, 'cache')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const [line] of on(createInterface(child.stdout), 'line')) {
      if (/"done":2/.test(line)) break;
    }
    const prefix = `kmx-${child.pid}-`;
    expect(await containersOf(prefix)).to.have.length(1);
    child.kill('SIGKILL');
    await once(child, 'exit');
    while ((await containersOf(prefix)).length > 0) await setTimeout(20);
    expect(readFileSync(join(tree, 'hold'), 'utf8')).to.equal('');
  });
});
