/** Needs QEMU, and KMX_TEST_KERNEL: the path of a kernel image. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { InfraError } from '../../errors.ts';
import type { Instance, Machine } from '../machine.ts';
import { makePrivateDirectory, type PrivateDirectory } from '../private-directory.ts';
import { type TINY_GUESTS, tinyGuest } from '../testing/tiny-guests.ts';
import { keepsFlags } from './flags-fault.ts';
import { findImageFault, findKernelFault } from './probe-boot.ts';
import { createQemuMachine } from './qemu-machine.ts';

function testKernel(): string {
  const kernel = process.env.KMX_TEST_KERNEL;
  if (kernel && existsSync(kernel)) return kernel;
  throw new Error(`KMX_TEST_KERNEL: expected the path of a kernel image, found '${kernel ?? ''}'`);
}

/** A zombie does not count. */
function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

describe('a guest in QEMU', function () {
  this.timeout(120_000);
  let machine: Machine;
  let folder: PrivateDirectory;
  before(async () => {
    folder = await makePrivateDirectory();
    machine = await createQemuMachine({ accelerator: 'tcg', temporaryDirectory: folder.path });
  });
  after(() => folder[Symbol.asyncDispose]());

  async function boot(name: keyof typeof TINY_GUESTS): Promise<Instance> {
    return machine.boot(await tinyGuest(folder.path, name));
  }

  for (const [name, reason] of [
    ['power-off', 'guest-shutdown'],
    ['reset', 'guest-reset'],
  ] as const) {
    it(`that ends by ${name} has the reason ${reason}`, async () => {
      await using instance = await boot(name);
      const [console, exit] = await Promise.all([text(instance.console), instance.exited]);
      expect(console).to.match(/ready\n$/);
      expect(exit).to.deep.equal({
        ...{ code: 0, signal: null, reason, requested: false, stderr: '' },
      });
    });
  }

  it('that panics ends with a reset, and its console is read to the last line', async () => {
    await using instance = await machine.boot({
      ...{ kind: 'vm' as const, kernel: testKernel(), bootParameters: [], cpus: 2, memoryMib: 256 },
    });
    expect(instance.executor.version).to.match(/^\d+\.\d+\.\d+$/);
    const [console, exit] = await Promise.all([text(instance.console), instance.exited]);
    // Twice in the boot's flood of lines, of which QEMU's UART loses bytes while the host is busy.
    expect(console).to.match(/Linux version .*panic=-1/s);
    expect(console).to.match(/Kernel panic - not syncing: .*\r\n$/s);
    expect(exit).to.include({ code: 0, reason: 'guest-reset', requested: false });
  });

  it('loses its flags in cmpxchg8b exactly where flags-fault.ts says so', async () => {
    await using instance = await boot('flags');
    const chunks: Buffer[] = await instance.console.toArray();
    const flags = Buffer.concat(chunks).subarray(-4).readUInt32LE();
    const isPossible = (flags & 0xffc0_802a) === 0x2;
    expect(isPossible, `flags are ${flags.toString(16)}`).to.equal(
      keepsFlags(instance.executor.version),
    );
  });

  it('passes the probe that KVM has to pass', async () => {
    expect(await findImageFault(machine, 60_000)).to.equal(undefined);
    expect(await findKernelFault(machine, testKernel(), 60_000)).to.equal(undefined);
  });

  it('that is killed from outside does not count as disposed of', async () => {
    await using instance = await boot('halt');
    instance.console.resume();
    process.kill(instance.pid, 'SIGKILL');
    const { stderr, ...exit } = await instance.exited;
    expect(exit).to.deep.equal({ code: null, signal: 'SIGKILL', requested: false });
    expect(stderr).to.equal('');
  });

  it('that is terminated from outside has a reason from QEMU', async () => {
    await using instance = await boot('halt');
    process.kill(instance.pid, 'SIGTERM');
    expect(await instance.exited).to.include({ code: 0, reason: 'host-signal', requested: false });
  });

  it('is gone once disposed of, and so is its folder', async () => {
    const instance = await boot('halt');
    const home = dirname(instance.agentSocket);
    expect(isRunning(instance.pid)).to.equal(true);
    expect(readdirSync(home)).to.deep.equal(['agent', 'tool']);
    await instance[Symbol.asyncDispose]();
    await instance[Symbol.asyncDispose]();
    expect(isRunning(instance.pid)).to.equal(false);
    expect(existsSync(home)).to.equal(false);
    expect(await instance.exited).to.include({ signal: 'SIGKILL', requested: true });
  });

  it('can be disposed of twice at once, even with our bytes still on their way', async () => {
    const instance = await boot('halt');
    instance.control.write(Buffer.alloc(1024 * 1024));
    instance.control.resume();
    await Promise.all([instance[Symbol.asyncDispose](), instance[Symbol.asyncDispose]()]);
    expect(await instance.exited).to.include({ signal: 'SIGKILL', requested: true });
  });

  it('that floods an unread console does not fill our memory, and QEMU still answers', async () => {
    await using instance = await boot('flood');
    const { console } = instance;
    while (console.readableLength < console.readableHighWaterMark) await setTimeout(10);
    process.kill(instance.pid, 'SIGTERM');
    expect(await instance.exited).to.include({ reason: 'host-signal' });
    expect(console.readableLength).to.be.below(256 * 1024);
  });

  it('leaves no file descriptor and no folder behind, eight times in a row', async () => {
    const run = async () => {
      await using instance = await boot('power-off');
      await text(instance.console);
      return instance.exited;
    };
    await run();
    const countDescriptors = () => readdirSync('/proc/self/fd').length;
    const descriptors = countDescriptors();
    for (let round = 0; round < 8; round += 1) await run();
    expect(countDescriptors()).to.equal(descriptors);
    const left = readdirSync(folder.path).filter((name) => name.startsWith('kmx-'));
    expect(left).to.deep.equal([]);
  });

  it('can run beside another one', async () => {
    await using first = await boot('power-off');
    await using second = await boot('reset');
    const exits = await Promise.all([first.exited, second.exited]);
    expect(exits.map((exit) => exit.reason)).to.deep.equal(['guest-shutdown', 'guest-reset']);
    expect(first.agentSocket).to.not.equal(second.agentSocket);
  });

  for (const how of ['SIGKILL', 'SIGTERM', 'SIGINT', 'exit', 'throw']) {
    it(`does not outlive a harness that ends by ${how}`, async () => {
      await using temporary = await makePrivateDirectory();
      const script = new URL('../testing/boot-and-end.ts', import.meta.url).pathname;
      const child = spawn(process.execPath, [script, how], {
        stdio: ['ignore', 'pipe', 'ignore'],
        env: { ...process.env, TMPDIR: temporary.path },
      });
      const [output] = await Promise.all([text(child.stdout), once(child, 'exit')]);
      const pid = Number(output);
      expect(pid, 'process id of the guest').to.be.above(1);
      while (isRunning(pid)) await setTimeout(20);
      const isEndedBySignal = how.startsWith('SIG');
      if (!isEndedBySignal) expect(readdirSync(temporary.path)).to.deep.equal([]);
    });
  }

  for (const [what, change, said] of [
    ['a kernel that is not there', { kernel: '/nowhere/vmlinuz' }, /could not open kernel file/],
    ['a kernel that is none', { kernel: '/etc/hostname' }, /./],
    ['more memory than there is', { memoryMib: 1 << 30 }, /memory/],
    ['more processors than QEMU has', { cpus: 1000 }, /CPUs/],
  ] as const) {
    it(`cannot start with ${what}, which is not the guest's fault`, async () => {
      const spec = { ...(await tinyGuest(folder.path, 'halt')), ...change };
      const booting = machine.boot(spec).then((instance) => instance[Symbol.asyncDispose]());
      const error = await booting.catch((fault: unknown) => fault);
      expect(error).to.be.instanceOf(InfraError).with.property('code', 'MACHINE_NOT_STARTED');
      expect(error).to.have.property('output').that.matches(said);
    });
  }
});
