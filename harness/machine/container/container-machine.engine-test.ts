/** Needs a container engine, and init as scripts/setup builds it. */
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { execa } from 'execa';
import { InfraError } from '../../errors.ts';
import type { Instance } from '../machine.ts';
import { ownedPrefix } from '../owner.ts';
import { bareContainer } from '../testing/container-guest.ts';
import { TINY_PROGRAMS } from '../testing/tiny-programs.ts';
import { type ContainerMachine, createContainerMachine } from './container-machine.ts';
import { connectEngine, type EngineClient } from './engine.ts';
import { IMAGE_NAME, OWNER_LABEL } from './labels.ts';
import { removeAbandonedContainers } from './sweep.ts';

const KILLED_HARNESS = fileURLToPath(new URL('../testing/boot-container.ts', import.meta.url));

/** A zombie does not count. */
function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

async function containersOf(client: EngineClient, owner: string): Promise<number> {
  const filters = { label: [`${OWNER_LABEL}=${owner}`] };
  return (await client.listContainers({ all: true, filters })).length;
}

async function imagesOf(client: EngineClient, owner: string): Promise<readonly string[]> {
  const images = await client.listImages({ filters: { reference: [IMAGE_NAME] } });
  const names = images.flatMap(({ RepoTags }) => RepoTags ?? []);
  return names.filter((name) => name.startsWith(`${IMAGE_NAME}:${owner}`));
}

async function expectCode(promise: Promise<unknown>, code: string): Promise<void> {
  const error = await promise.catch((fault: NodeJS.ErrnoException) => fault);
  expect(error).to.have.property('code', code);
}

/** Until a program in the background, the engine, has done something. */
async function eventually(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 50));
}

describe('a guest in a container', () => {
  const spec = bareContainer();
  let client: EngineClient;
  let machine: ContainerMachine;
  before(async () => {
    ({ client } = await connectEngine());
    machine = await createContainerMachine();
  });
  after(async () => {
    await machine[Symbol.asyncDispose]();
    expect(await imagesOf(client, ownedPrefix())).to.deep.equal([]);
    expect(await containersOf(client, ownedPrefix())).to.equal(0);
  });

  const boot = (): Promise<Instance> => machine.boot(spec);

  /** In the only container that there is. */
  async function startInside(program: string) {
    const filters = { label: [`${OWNER_LABEL}=${ownedPrefix()}`] };
    const [container] = await client.listContainers({ filters });
    const exec = await client.getContainer(container?.Id ?? '').exec({ Cmd: [program] });
    // An open stream would keep this process alive.
    (await exec.start({ Detach: true })).destroy();
    return exec;
  }

  it('has an init that says hello, and that is PID 1 there', async () => {
    await using instance = await boot();
    const [hello] = (await once(instance.control, 'data')) as [Buffer];
    expect(hello.toString('latin1')).to.match(/^KMXF.*"type":"hello"/s);
    const status = readFileSync(`/proc/${instance.pid}/status`, 'utf8');
    expect(status).to.match(/^NSpid:\s+\d+\s+1$/m);
    expect(instance.executor.accelerator).to.equal('none');
    expect(instance.hasHostKernel).to.equal(true);
    expect(instance.agentSocket).to.satisfy(existsSync);
  });

  it('is gone once disposed of, and so is its folder', async () => {
    const instance = await boot();
    const home = dirname(instance.agentSocket);
    expect(await containersOf(client, ownedPrefix())).to.equal(1);
    await Promise.all([instance[Symbol.asyncDispose](), instance[Symbol.asyncDispose]()]);
    expect(await containersOf(client, ownedPrefix())).to.equal(0);
    expect(isRunning(instance.pid)).to.equal(false);
    expect(existsSync(home)).to.equal(false);
    const { signal, requested } = await instance.exited;
    expect({ signal, requested }).to.deep.equal({ signal: 'SIGKILL', requested: true });
  });

  it('that is killed from outside does not count as disposed of', async () => {
    await using instance = await boot();
    process.kill(instance.pid, 'SIGKILL');
    expect(await instance.exited).to.deep.equal({
      ...{ code: null, signal: 'SIGKILL', reason: 'killed-from-outside' },
      ...{ requested: false, stderr: '' },
    });
  });

  it('ends by itself when the host leaves its control socket', async () => {
    await using instance = await boot();
    instance.control.destroy();
    const { code, reason, requested } = await instance.exited;
    expect({ code, reason, requested }).to.deep.equal({
      ...{ code: 0, reason: 'guest-shutdown', requested: false },
    });
  });

  it('writes to memory alone, and only so much', async () => {
    await using instance = await boot();
    const root = `/proc/${instance.pid}/root`;
    await expectCode(writeFile(`${root}/file`, 'x'), 'EROFS');
    await writeFile(`${root}/tmp/file`, 'x');
    const full = writeFile(`${root}/tmp/file`, Buffer.alloc(65 * 1024 * 1024));
    await expectCode(full, 'ENOSPC');
  });

  it('has on its console what the kernel says of it, and nothing that a program claims', async function () {
    if (machine.kernelLogFault !== undefined) this.skip();
    await using instance = await boot();
    const eating = await startInside('/eat');
    const id = (await eating.inspect()).ContainerID;
    await writeFile('/dev/kmsg', `<3>Out of memory: Killed process 1 (claimed) in /docker/${id}\n`);
    let console = '';
    instance.console.on('data', (chunk: Buffer) => {
      console += chunk.toString();
    });
    await eventually(async () => (await eating.inspect()).ExitCode === 137);
    const bytes = instance.countConsoleBytes?.() ?? 0;
    await eventually(async () => Buffer.byteLength(console) >= bytes);
    expect(console).to.match(/^\[ *\d+\.\d{6}\](\[[^\]]*\])? eat invoked oom-killer/m);
    expect(console).to.match(/Memory cgroup out of memory: Killed process \d+ \(eat\)/);
    expect(console).not.to.contain('claimed');
    process.kill(instance.pid, 'SIGKILL');
    expect((await instance.exited).reason).to.equal('killed-from-outside');
  });

  it('that the kernel kills because its memory is used up has that reason', async function () {
    if (machine.kernelLogFault !== undefined) this.skip();
    await using instance = await boot();
    instance.console.resume();
    // The first to be killed, though it uses little.
    await writeFile(`/proc/${instance.pid}/oom_score_adj`, '1000');
    await startInside('/eat');
    expect(await instance.exited).to.include({ signal: 'SIGKILL', reason: 'out-of-memory' });
  });

  it('boots again after somebody has removed its image', async () => {
    await (await boot())[Symbol.asyncDispose]();
    const [image = ''] = await imagesOf(client, ownedPrefix());
    await client.getImage(image).remove({ force: true });
    await using instance = await boot();
    expect(instance.pid).to.be.above(1);
  });

  it('whose init cannot be executed is an InfraError with the engine’s words', async () => {
    const fault = await machine.boot(bareContainer(Buffer.from('no program'))).catch((e) => e);
    expect(fault).to.be.instanceOf(InfraError);
    expect(fault.code).to.equal('MACHINE_NOT_STARTED');
    expect(fault.output).to.match(/exec format error/);
    expect(await containersOf(client, ownedPrefix())).to.equal(0);
  });

  it('whose init ends at once is an InfraError with its words', async () => {
    const fault = await machine.boot(bareContainer(TINY_PROGRAMS.end)).catch((e) => e);
    expect(fault).to.be.instanceOf(InfraError);
    expect(fault.message).to.equal('the container ended with status 3 before init was connected');
    expect(fault.output).to.match(/^no way\nCommand: \w+ run /);
  });

  it('whose init never connects is given up, with its words', async () => {
    await using impatient = await createContainerMachine({ startTimeoutMs: 3000 });
    const fault = await impatient.boot(bareContainer(TINY_PROGRAMS.complain)).catch((e) => e);
    expect(fault).to.be.instanceOf(InfraError);
    expect(fault.message).to.equal('init did not connect to the host within 3000 ms');
    expect(fault.output).to.match(/^no host\nCommand: \w+ run /);
    expect(await containersOf(client, ownedPrefix())).to.equal(0);
  });

  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    it(`leaves nothing after ${signal} of its harness but an image, which the next one removes`, async () => {
      const killed = await execa({ reject: false })`node ${KILLED_HARNESS} ${signal}`;
      expect(killed.signal).to.equal(signal);
      const { pid, owner } = JSON.parse(killed.stdout) as { pid: number; owner: string };
      await eventually(async () => (await containersOf(client, owner)) === 0);
      expect(isRunning(pid)).to.equal(false);
      expect(await imagesOf(client, owner)).to.have.length(1);
      const { images } = await removeAbandonedContainers(client);
      expect(images).to.be.at.least(1);
      expect(await imagesOf(client, owner)).to.deep.equal([]);
    });
  }
});
