import {
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';
import { InfraError, UsageError } from '../errors.ts';
import { parseElf } from '../kernels/elf.ts';
import { readDynamicParts } from '../kernels/elf-dynamic.ts';
import { buildDynamicElf, buildElf } from '../kernels/testing/build-elf.ts';
import type { AgentSource } from '../matrix/matrix.ts';
import { prepareAgent } from './agent-files.ts';
import { parseLoaderCache } from './loader-cache.ts';

describe('The files of an agent', () => {
  let folder = '';
  const kata = (path: string, others: Partial<Extract<AgentSource, { kind: 'kata' }>> = {}) =>
    prepareAgent(
      { kind: 'kata', path, arguments: [], environment: {}, libraryPath: [], ...others },
      '/nonexistent',
      join(folder, 'cache'),
    );
  const fail = (promise: Promise<unknown>) =>
    promise.then(
      () => expect.fail('it was taken'),
      (error: unknown) => error,
    );
  const write = async (name: string, content: Buffer | string) => {
    await writeFile(join(folder, name), content);
    await chmod(join(folder, name), 0o755);
    return join(folder, name);
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-agent-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('are our own agent alone, with the guard that was asked for', async () => {
    const path = await write('agent', buildElf({}));
    const agent = await prepareAgent({ kind: 'reference', guard: 'off' }, path, folder);
    expect(agent.entries.map((entry) => entry.path)).to.deep.equal(['/kmx/agent/agent']);
    expect(agent.launch).to.deep.equal({
      argv: ['/kmx/agent/agent', '--guard=off'],
      environment: { KATA_AGENT_SERVER_ADDR: 'unix:///run/agent.sock' },
      socket: '/run/agent.sock',
    });
  });

  it('are missing if our own agent was not built', async () => {
    const error = await fail(
      prepareAgent({ kind: 'reference', guard: 'on' }, '/nonexistent', folder),
    );
    expect(error).to.be.instanceOf(InfraError).with.property('remedy', 'scripts/setup');
  });

  it('are a static agent alone, started as the user wishes', async () => {
    const path = await write('kata-agent', buildElf({}));
    const { entries, launch } = await kata(path, {
      arguments: ['--config', '/a'],
      environment: { KATA_AGENT_LOG_LEVEL: 'debug' },
    });
    expect(entries).to.deep.equal([
      { kind: 'file', path: '/kmx/agent/agent', mode: 0o755, content: await readFile(path) },
    ]);
    expect(launch.argv).to.deep.equal(['/kmx/agent/agent', '--config', '/a']);
    expect(launch.environment).to.deep.equal({
      KATA_AGENT_LOG_LEVEL: 'debug',
      KATA_AGENT_SERVER_ADDR: 'unix:///run/agent.sock',
    });
  });

  it('of a dynamic program of this host are its loader and all its libraries', async function () {
    const program = await readFile(process.execPath);
    const { interpreter, needed } = readDynamicParts(parseElf(program));
    if (interpreter === undefined) this.skip();
    const { entries } = await kata(process.execPath);
    const paths = entries.map((entry) => entry.path);
    expect(paths).to.include(interpreter);
    expect(new Set(paths).size).to.equal(paths.length);
    const names = paths.map((path) => path.slice(path.lastIndexOf('/') + 1));
    expect(names).to.include.members([...needed]);
    for (const path of paths.slice(1)) expect(path).to.match(/^\/(usr\/)?lib/);
  });

  it('include libraries from folders of the agent, put where loaders look', async () => {
    await mkdir(join(folder, 'lib'));
    const loader = await write('ld.so', buildElf({}));
    await write('lib/libown.so.1', buildDynamicElf({ needed: ['libdeep.so.1'] }));
    await write('libdeep.so.1', buildDynamicElf({ machine: 183 }));
    await write('lib/libdeep.so.1', buildDynamicElf({ needed: ['libown.so.1'] }));
    const own = { interpreter: loader, needed: ['libown.so.1', 'libdeep.so.1'] };
    const runPath = '$ORIGIN:$ORIGIN/lib';
    const agent = await write('agent', buildDynamicElf({ ...own, runPath }));
    const { entries } = await kata(agent);
    expect(entries.map((entry) => entry.path)).to.deep.equal([
      '/kmx/agent/agent',
      loader,
      '/lib/libown.so.1',
      '/lib/libdeep.so.1',
    ]);
  });

  it('are refused without their loader or a library, which the error names', async () => {
    const lonely = await write('lonely', buildDynamicElf({ interpreter: '/lib/ld-none.so.1' }));
    const noLoader = await fail(kata(lonely));
    expect(noLoader).to.be.instanceOf(UsageError).with.property('code', 'NO_LIBRARY');
    expect(noLoader).to.have.property('message').that.includes('/lib/ld-none.so.1');
    const loader = await write('ld.so', buildElf({}));
    const poor = buildDynamicElf({ interpreter: loader, needed: ['libnone.so.7'] });
    const noLibrary = await fail(kata(await write('poor', poor)));
    expect(noLibrary).to.have.property('message').that.includes('poor: needs libnone.so.7, which');
  });

  describe('never hold a file of the host that is no library of its', () => {
    let agentFolder = '';
    const buildAgent = async (parts: Parameters<typeof buildDynamicElf>[0]) => {
      const loader = await write('agent/ld.so', buildElf({}));
      return write('agent/agent', buildDynamicElf({ interpreter: loader, ...parts }));
    };
    const refuse = async (
      parts: Parameters<typeof buildDynamicElf>[0],
      code: string,
      message: string | RegExp,
    ) => {
      const error = await fail(kata(await buildAgent(parts)));
      expect(error).to.be.instanceOf(UsageError).with.property('code', code);
      expect(error).to.have.property('message').that.match(new RegExp(message));
    };

    beforeEach(async () => {
      agentFolder = join(folder, 'agent');
      await mkdir(agentFolder);
    });

    const loaders: readonly (readonly [string, string, string])[] = [
      ['/proc/self/environ', 'BAD_LIBRARY', 'its loader "/proc/self/environ" cannot'],
      ['/proc/self/root/etc/passwd', 'BAD_LIBRARY', 'cannot be put into a guest'],
      ['/lib/../etc/passwd', 'BAD_LIBRARY', 'cannot be put into a guest'],
      ['../../etc/passwd', 'BAD_LIBRARY', 'cannot be put into a guest'],
      ['/dev/zero', 'BAD_LIBRARY', 'cannot be put into a guest'],
      ['/kmx/agent/agent', 'BAD_LIBRARY', 'cannot be put into a guest'],
      ['/etc/passwd', 'LIBRARY_OUTSIDE', "neither in a folder of the system's libraries nor"],
      [process.execPath, 'LIBRARY_OUTSIDE', 'neither in'],
    ];
    for (const [interpreter, code, message] of loaders) {
      it(`such as the loader '${interpreter}'`, () => refuse({ interpreter }, code, message));
    }

    for (const name of [
      '../../etc/passwd',
      '/etc/passwd',
      '/proc/self/environ',
      '..',
      'a\nb',
      '',
    ]) {
      it(`such as the library ${JSON.stringify(name)}`, () =>
        refuse({ needed: [name] }, 'BAD_LIBRARY', 'not the name of a library'));
    }

    const places: readonly (readonly [string, string])[] = [
      ['/etc', 'passwd'],
      ['/proc/self', 'environ'],
      ['/proc/self/root/etc', 'passwd'],
      ['/dev', 'zero'],
      ['$ORIGIN/../../../../../../../../etc', 'passwd'],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: as loaders read it
      ['${ORIGIN}/..', 'secret.so'],
    ];
    for (const [runPath, name] of places) {
      it(`such as '${name}' in its search folder '${runPath}'`, async () => {
        await write('secret.so', buildElf({}));
        await refuse({ runPath, needed: [name] }, 'LIBRARY_OUTSIDE', `needs .*${name}`);
      });
    }

    it('such as one that a link in its folder leads to', async () => {
      await write('secret.so', buildElf({}));
      await symlink('../secret.so', join(agentFolder, 'libown.so'));
      const parts = { runPath: '$ORIGIN', needed: ['libown.so'] };
      await refuse(parts, 'LIBRARY_OUTSIDE', 'libown.so \\(.*/secret.so\\)');
    });

    const files: readonly (readonly [string, (path: string) => Promise<unknown>])[] = [
      ['a FIFO', (path) => execa('mkfifo', [path])],
      ['a folder', (path) => mkdir(path)],
      ['no ELF file', (path) => writeFile(path, 'text')],
      ['an ELF file that is no library', (path) => writeFile(path, buildElf({ type: 4 }))],
      ['an ELF file that is no library', (path) => writeFile(path, buildElf({ machine: 183 }))],
      [
        'a file of 600 MiB',
        (path) => writeFile(path, '').then(() => truncate(path, 600 * 2 ** 20)),
      ],
    ];
    for (const [found, make] of files) {
      it(`such as ${found} in its own folder, as loader or as library`, async () => {
        const path = join(agentFolder, 'libodd.so');
        await make(path);
        await refuse({ interpreter: path }, 'NO_LIBRARY', `the loader .*libodd.so is ${found}`);
        const parts = { runPath: '$ORIGIN', needed: ['libodd.so'] };
        await refuse(parts, 'NO_LIBRARY', `needs libodd.so, .*libodd.so is ${found}`);
      });
    }

    it('nor more than a guest could hold', async () => {
      const names = Array.from({ length: 300 }, (_, index) => `lib${index}.so`);
      const deep = (index: number) => names.slice(index + 1, index + 2);
      for (const [index, name] of names.entries()) {
        await write(`agent/${name}`, buildDynamicElf({ runPath: '$ORIGIN', needed: deep(index) }));
      }
      const parts = { runPath: '$ORIGIN', needed: names.slice(0, 1) };
      await refuse(parts, 'BAD_LIBRARY', 'more than 256 libraries');
    });

    it('unless the user names its folder', async () => {
      await mkdir(join(folder, 'lib'));
      await write('lib/libown.so', buildElf({}));
      const agent = await buildAgent({ needed: ['libown.so'] });
      expect(await fail(kata(agent))).to.have.property('code', 'NO_LIBRARY');
      const { entries } = await kata(agent, { libraryPath: [join(folder, 'lib')] });
      expect(entries.map((entry) => entry.path)).to.include('/lib/libown.so');
      const error = await fail(kata(agent, { libraryPath: [join(folder, 'none')] }));
      expect(error).to.be.instanceOf(UsageError).with.property('code', 'NO_LIBRARY_PATH');
    });
  });

  it('are refused if the file is no program for a guest', async () => {
    const wrong: readonly (readonly [Buffer | string, string])[] = [
      ['#!/bin/sh\n', 'found a script'],
      ['', 'found an empty file'],
      ['MZ......', 'bytes 4d5a2e2e'],
      [buildElf({ machine: 183 }), 'another machine'],
      [buildElf({ type: 4 }), 'no program'],
      [buildElf({}).subarray(0, 20), 'cut in its header'],
    ];
    for (const [content, message] of wrong) {
      const error = await fail(kata(await write('wrong', content)));
      expect(error, message).to.be.instanceOf(UsageError).with.property('code', 'NOT_AN_AGENT');
      expect(error).to.have.property('message').that.includes(message);
    }
    await execa('mkfifo', [join(folder, 'fifo')]);
    for (const path of [folder, '/dev/zero', join(folder, 'fifo')]) {
      expect(await fail(kata(path))).to.have.property('code', 'NO_AGENT');
    }
    expect(await fail(kata(join(folder, 'missing')))).to.have.property('code', 'NO_AGENT');
  });

  it('leave the agent’s address to kmx', async () => {
    const environment = { KATA_AGENT_SERVER_ADDR: 'unix:///mine' };
    const error = await fail(kata('/nonexistent', { environment }));
    expect(error).to.be.instanceOf(UsageError).with.property('code', 'AGENT_ADDRESS');
  });
});

describe('What ldconfig prints', () => {
  it('gives the libraries of x86_64 by name', () => {
    const text = [
      "4 libs found in cache `/etc/ld.so.cache'",
      '\tlibz.so.1 (libc6,x86-64) => /lib/x86_64-linux-gnu/libz.so.1',
      '\tlibz.so.1 (libc6) => /lib/i386-linux-gnu/libz.so.1',
      '\tlibc.so.6 (libc6,x86-64, OS ABI: Linux 3.2.0) => /lib/x86_64-linux-gnu/libc.so.6',
      '\tlibz.so.1 (libc6,x86-64) => /opt/lib/libz.so.1',
      'Cache generated by: ldconfig (Debian GLIBC 2.36-9+deb12u10) stable release version 2.36',
    ];
    expect([...parseLoaderCache(text.join('\n'))]).to.deep.equal([
      ['libz.so.1', ['/lib/x86_64-linux-gnu/libz.so.1', '/opt/lib/libz.so.1']],
      ['libc.so.6', ['/lib/x86_64-linux-gnu/libc.so.6']],
    ]);
    expect(parseLoaderCache('').size).to.equal(0);
  });
});
