/** Needs QEMU. */
import { mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { InfraError } from '../../errors.ts';
import type { Machine, TemplateMachine, VmSpec } from '../machine.ts';
import { makePrivateDirectory, type PrivateDirectory } from '../private-directory.ts';
import { makeMultibootImage } from './multiboot.ts';
import { createQemuMachine } from './qemu-machine.ts';
import { RAM_FILE, STATE_FILE } from './saved-state.ts';

/**
 * Counts in memory at 2 MiB and prints each number: inc byte [0x200000]; al = it; out dx, al;
 * pause.
 */
const COUNTER = makeMultibootImage([
  ...[0xba, 0xf8, 0x03, 0x00, 0x00], // mov edx, 0x3f8
  ...[0xfe, 0x05, 0x00, 0x00, 0x20, 0x00], // inc byte [0x200000]
  ...[0xa0, 0x00, 0x00, 0x20, 0x00], // mov al, [0x200000]
  ...[0xee], // out dx, al
  ...[0xb9, 0x00, 0x00, 0x10, 0x00, 0xe2, 0xfe], // mov ecx, 0x100000; loop $
  ...[0xeb, 0xeb], // jmp to the inc
]);

describe('a saved guest in QEMU', function () {
  this.timeout(180_000);
  let folder: PrivateDirectory;
  let machine: Machine;
  let templates: TemplateMachine;
  let spec: VmSpec;
  let template: string;

  before(async () => {
    folder = await makePrivateDirectory();
    await mkdir(join(folder.path, 'guests'));
    const temporaryDirectory = join(folder.path, 'guests');
    machine = await createQemuMachine({ accelerator: 'tcg', temporaryDirectory });
    if (machine.templates === undefined) throw new Error('Expected QEMU to have templates');
    templates = machine.templates;
    const kernel = join(folder.path, 'counter');
    await writeFile(kernel, COUNTER);
    spec = { kind: 'vm', kernel, bootParameters: [], cpus: 1, memoryMib: 64 };
    template = await save('template', spec);
  });
  after(() => folder[Symbol.asyncDispose]());

  async function save(name: string, from: VmSpec): Promise<string> {
    const at = join(folder.path, name);
    await mkdir(at);
    await using instance = await templates.boot(from);
    await read(instance.console, 3);
    await instance.pause();
    await instance.save(at);
    return at;
  }

  it('continues from where it was saved, each time', async () => {
    const firsts: number[] = [];
    for (let round = 0; round < 3; round++) {
      await using instance = await templates.restore(spec, template);
      const [first = 0, second] = await read(instance.console, 2);
      expect(second).to.equal((first + 1) % 256);
      firsts.push(first);
    }
    expect(firsts[0]).to.be.above(3);
    expect(new Set(firsts).size).to.equal(1);
  });

  it('continues itself after it was saved', async () => {
    const at = join(folder.path, 'going-on');
    await mkdir(at);
    await using instance = await templates.boot(spec);
    await read(instance.console, 2);
    await instance.pause();
    await instance.save(at);
    await instance.resume();
    expect(await read(instance.console, 20)).to.have.length.of.at.least(20);
  });

  it('has its memory in no file that would remain if kmx were killed', async () => {
    await using instance = await templates.boot(spec);
    const maps = await readFile(`/proc/${instance.pid}/maps`, 'utf8');
    const memory = maps.split('\n').filter((line) => / rw-s .*\//.test(line));
    expect(memory).to.have.length.of.at.least(1);
    for (const line of memory) expect(line).to.match(/ \(deleted\)$/);
  });

  it('can be the start of another template, and is not changed by it', async () => {
    const before = await readFile(join(template, RAM_FILE));
    const at = join(folder.path, 'branch');
    await mkdir(at);
    await using branch = await templates.branch(spec, template);
    await read(branch.console, 20);
    await branch.pause();
    await branch.save(at);
    await using later = await templates.restore(spec, at);
    await using sooner = await templates.restore(spec, template);
    const [[late = 0], [soon = 0]] = await Promise.all([
      read(later.console, 1),
      read(sooner.console, 1),
    ]);
    expect((late - soon + 256) % 256).to.be.at.least(19);
    expect((await readFile(join(template, RAM_FILE))).equals(before)).to.equal(true);
  });

  it('takes no more disk space than the guest has written to', async () => {
    const { size, blocks } = await stat(join(template, RAM_FILE));
    expect(size).to.equal(64 * 1024 * 1024);
    expect(blocks * 512).to.be.below(8 * 1024 * 1024);
  });

  it('is restored forty times in a row and eight times at once, and nothing is left behind', async () => {
    const restore = async () => {
      await using instance = await templates.restore(spec, template);
      await read(instance.console, 1);
      return instance.pid;
    };
    await restore();
    const countDescriptors = async () => (await readdir('/proc/self/fd')).length;
    const descriptors = await countDescriptors();
    const pids: number[] = [];
    for (let round = 0; round < 40; round++) pids.push(await restore());
    pids.push(...(await Promise.all(Array.from({ length: 8 }, restore))));
    expect(await countDescriptors()).to.equal(descriptors);
    expect(await readdir(join(folder.path, 'guests'))).to.deep.equal([]);
    for (const pid of pids) expect(() => process.kill(pid, 0)).to.throw('ESRCH');
  });

  it('depends on the machine it was saved on', () => {
    const identity = templates.identity(spec);
    expect(templates.identity({ ...spec, kernel: '/elsewhere' })).to.equal(identity);
    expect(templates.identity({ ...spec, cpus: 2 })).to.not.equal(identity);
    expect(templates.identity({ ...spec, memoryMib: 65 })).to.not.equal(identity);
  });

  for (const [what, file, bytes] of [
    ['a truncated state', STATE_FILE, 5000],
    ['an empty state', STATE_FILE, 0],
  ] as const) {
    it(`cannot be restored from ${what}, which is not the guest's fault`, async () => {
      const at = await save(what.replaceAll(' ', '-'), spec);
      await truncate(join(at, file), bytes);
      const error = await templates.restore(spec, at).then(
        (instance) => instance[Symbol.asyncDispose](),
        (fault: unknown) => fault,
      );
      expect(error).to.be.instanceOf(InfraError);
      expect(['NOT_RESTORED', 'MACHINE_NOT_STARTED']).to.include((error as InfraError).code);
    });
  }
});

/** The next bytes of a stream, at least `count`. */
async function read(stream: NodeJS.ReadableStream, count: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const onData = (chunk: Buffer): void => {
    chunks.push(chunk);
    if (Buffer.concat(chunks).length >= count) resolve();
  };
  stream.on('data', onData);
  await promise;
  stream.off('data', onData);
  return Buffer.concat(chunks);
}
