/** Needs a container engine, and KMX_TEST_KERNEL: the path of a kernel image. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { cacheRoot } from '../cache/cache-root.ts';
import { digestFile } from '../cache/digest.ts';
import { InfraError } from '../errors.ts';
import { connectEngine, type EngineClient } from '../machine/container/engine.ts';
import { OWNER_LABEL } from '../machine/container/labels.ts';
import type { Instance, Machine, VmSpec } from '../machine/machine.ts';
import { ownedPrefix } from '../machine/owner.ts';
import { makePrivateDirectory, type PrivateDirectory } from '../machine/private-directory.ts';
import type { ContainerQemu } from '../machine/qemu/container/container-qemu.ts';
import { createQemuMachine } from '../machine/qemu/qemu-machine.ts';
import { tinyGuest } from '../machine/testing/tiny-guests.ts';
import { testContainerQemu } from './testing/container-qemu.ts';

function kernelSpec(): VmSpec {
  const kernel = process.env.KMX_TEST_KERNEL ?? '';
  return { kind: 'vm', kernel, bootParameters: [], cpus: 2, memoryMib: 256 };
}

describe('QEMU in a container', () => {
  let folder: PrivateDirectory;
  let client: EngineClient;
  let qemu: ContainerQemu;
  let machine: Machine;
  let halted: VmSpec;
  before(async () => {
    folder = await makePrivateDirectory();
    halted = await tinyGuest(folder.path, 'halt');
    client = (await connectEngine()).client;
    qemu = await testContainerQemu(folder.path, [halted.kernel]);
    machine = await createQemuMachine({ accelerator: 'tcg', host: qemu.host });
  });
  after(async () => {
    await qemu?.[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  async function bootHalted(): Promise<Instance> {
    const instance = await machine.boot(halted);
    await once(instance.console, 'data');
    return instance;
  }

  const countOwn = async () => {
    const label = [`${OWNER_LABEL}=${ownedPrefix()}`];
    return (await client.listContainers({ all: true, filters: { label } })).length;
  };

  it('is a newer one than hosts have, and its image is part of what it is', () => {
    const { version, build, hasSandbox } = qemu.host;
    expect(Number.parseInt(version, 10)).to.be.at.least(10);
    expect(hasSandbox).to.equal(true);
    expect(qemu.image).to.match(/^sha256:[0-9a-f]{64}$/);
    expect(build).to.contain(qemu.image);
  });

  it('boots a kernel, whose console is read to the last line', async () => {
    await using instance = await machine.boot(kernelSpec());
    expect(instance.executor).to.deep.equal({ accelerator: 'tcg', version: qemu.host.version });
    const [console, exit] = await Promise.all([text(instance.console), instance.exited]);
    expect(console).to.match(/Kernel panic - not syncing: .*\r\n$/s);
    expect(exit).to.include({ code: 0, reason: 'guest-reset', requested: false, stderr: '' });
  });

  it('saves a guest, whose memory has no name while it runs, and restores it unchanged', async () => {
    const { templates } = machine;
    if (templates === undefined) throw new Error('Expected QEMU to have templates');
    const template = join(cacheRoot(process.env), 'templates', basename(folder.path));
    mkdirSync(template, { recursive: true });
    using removed = new DisposableStack();
    removed.defer(() => rmSync(template, { recursive: true }));
    {
      await using booted = await templates.boot(kernelSpec());
      const memory = readlinkSync(`/proc/${booted.pid}/fd/3`);
      expect(memory).to.match(/ \(deleted\)$/);
      await once(booted.console, 'data');
      await booted.pause();
      await booted.save(template);
    }
    const saved = await digestFile(join(template, 'ram'));
    for (let round = 0; round < 2; round += 1) {
      await using restored = await templates.restore(kernelSpec(), template);
      const [console, exit] = await Promise.all([text(restored.console), restored.exited]);
      expect(console).to.match(/Kernel panic - not syncing: /);
      expect(exit).to.include({ reason: 'guest-reset' });
    }
    expect(await digestFile(join(template, 'ram'))).to.equal(saved);
  });

  it('has no rights but those of this user', async () => {
    await using instance = await bootHalted();
    const status = readFileSync(`/proc/${instance.pid}/status`, 'utf8');
    expect(status)
      .to.match(/^CapEff:\t0{16}$/m)
      .and.to.match(/^CapBnd:\t0{16}$/m);
    expect(status).to.match(/^NoNewPrivs:\t1$/m);
    expect(status).to.match(new RegExp(`^Uid:\t${process.getuid?.()}\t`, 'm'));
    const network = readFileSync(`/proc/${instance.pid}/net/dev`, 'utf8');
    expect(network.match(/^ *\w+:/gm)?.map((line) => line.trim())).to.deep.equal(['lo:']);
  });

  it('tells a guest that is killed from one that is disposed of', async () => {
    const killed = await bootHalted();
    process.kill(killed.pid, 'SIGKILL');
    expect(await killed.exited).to.include({ signal: 'SIGKILL', requested: false });
    await killed[Symbol.asyncDispose]();

    const disposed = await bootHalted();
    await disposed[Symbol.asyncDispose]();
    expect(await disposed.exited).to.include({ signal: 'SIGKILL', requested: true });
    expect(existsSync(`/proc/${disposed.pid}`)).to.equal(false);
    expect(existsSync(dirname(disposed.agentSocket))).to.equal(false);
  });

  it('says what QEMU printed if a guest cannot start', async () => {
    const booting = machine.boot({ ...halted, kernel: '/nowhere/vmlinuz' });
    const error = await booting.catch((fault: unknown) => fault);
    expect(error).to.be.instanceOf(InfraError).with.property('code', 'MACHINE_NOT_STARTED');
    expect(error)
      .to.have.property('output')
      .that.matches(/could not open kernel file/);
  });

  it('removes what a killed kmx has left to the engine', async () => {
    const [own] = await client.listContainers({
      filters: { label: [`${OWNER_LABEL}=${ownedPrefix()}`] },
    });
    const owner = ownedPrefix().replace(/^kmx-\d+/, 'kmx-5000000');
    const left = await client.createContainer({
      Image: own?.Image ?? '',
      Labels: { [OWNER_LABEL]: owner },
    });
    await (await testContainerQemu(folder.path))[Symbol.asyncDispose]();
    const error = await left.inspect().catch((fault: unknown) => fault);
    expect(error).to.have.property('statusCode', 404);
  });

  it('uses the image again, and leaves no container and no folder behind', async () => {
    const countImages = async () => (await client.listImages()).length;
    const [containers, images] = [await countOwn(), await countImages()];
    const left = () => [...readdirSync(folder.path), ...readdirSync('/dev/shm')];
    const before = left();
    {
      await using other = await testContainerQemu(folder.path);
      expect(other.image).to.equal(qemu.image);
      expect(await countOwn()).to.equal(containers + 1);
    }
    expect(await countOwn()).to.equal(containers);
    expect(await countImages()).to.equal(images);
    expect(left()).to.deep.equal(before);
  });

  it('does not outlive a kmx that is killed', async () => {
    await using own = await makePrivateDirectory();
    const script = new URL('./testing/boot-in-container.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, [script, own.path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const output = text(child.stdout);
    const [, signal] = await once(child, 'exit');
    expect(signal).to.equal('SIGKILL');
    const pid = Number(await output);
    expect(pid, 'process id of the guest').to.be.above(1);
    while (existsSync(`/proc/${pid}`)) await setTimeout(20);
    const label = [`${OWNER_LABEL}`];
    const ofChild = async () => {
      const all = await client.listContainers({ all: true, filters: { label } });
      return all.filter(({ Labels }) => Labels[OWNER_LABEL]?.startsWith(`kmx-${child.pid}-`));
    };
    while ((await ofChild()).length > 0) await setTimeout(20);
  });

  it('that is killed ends its guests, and starts no more, with what to do about it', async () => {
    await using other = await testContainerQemu(folder.path, [halted.kernel]);
    const otherMachine = await createQemuMachine({ accelerator: 'tcg', host: other.host });
    await using instance = await otherMachine.boot(halted);
    await once(instance.console, 'data');
    instance.console.resume();
    const label = [`${OWNER_LABEL}=${ownedPrefix()}`];
    const [newest] = await client.listContainers({ filters: { label } });
    await client.getContainer(newest?.Id ?? '').kill();
    const { stderr, ...exit } = await instance.exited;
    expect(exit).to.include({ code: null, requested: false });
    expect(stderr).to.contain('the container in which QEMU ran has ended');
    const error = await otherMachine.boot(halted).catch((fault: unknown) => fault);
    expect(error).to.be.instanceOf(InfraError).with.property('code', 'MACHINE_NOT_STARTED');
    expect(error).to.have.property('remedy').that.contains('container engine');
  });
});
