/**
 * Compares kmx with virtme-ng (https://github.com/arighi/virtme-ng), which boots a kernel on the
 * host's own files. In turns, both start the same Debian kernel for one command and report its
 * outcome.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, type FileHandle, open } from 'node:fs/promises';
import { basename, delimiter, dirname, join, resolve } from 'node:path';
import { execa } from 'execa';
import { InfraError } from '../errors.ts';
import type { BootableKernel } from '../kernels/kernel-image.ts';
import { type Figure, median, ratio, seconds } from './figure.ts';
import { type BenchGuest, prepareGuest, timeFirstAnswer } from './guest-boots.ts';
import { type BenchFolder, makeBenchFolder, timeKmxRun, writeBenchMatrix } from './kmx-command.ts';
import type { BenchContext } from './section.ts';

const TEST = ':runs a program and reports its exit code';
const ENDS_WITHIN_S = 180;

export async function measurePeer(context: BenchContext): Promise<Figure[]> {
  const { kernel, rounds, cacheRoot, vng } = context;
  const version = await versionOf(vng);
  await using folder = await makeBenchFolder();
  const matrix = await writeBenchMatrix(folder, (document) => ({
    ...document,
    kernels: { [kernel]: fullFlavour(kernel, document.kernels[kernel]) },
    profiles: { peer: { description: 'a cell', select: [{ kernel, config: 'default' }] } },
  }));
  await using guest = await prepareGuest(kernel, cacheRoot, matrix);
  const image = await copyOfPackage(folder, guest.kernel);
  const { release } = guest.prepared.kernel;
  const words = ['--profile', 'peer', '--only', kernel, 'v2', 'guarded', TEST];
  const peers: number[] = [];
  const runs: number[] = [];
  const answers: number[] = [];
  await timeKmxRun(folder, matrix, words);
  await timePeer(folder, vng, image, guest);
  for (let round = 0; round < rounds; round++) {
    peers.push(await timePeer(folder, vng, image, guest));
    runs.push((await timeKmxRun(folder, matrix, words)).ms);
    answers.push((await timeFirstAnswer(guest)).wallMs);
  }
  const [peer, run, answer] = [median(peers), median(runs), median(answers)];
  const note = `median of ${rounds}, ${release}, ${guest.accelerator}`;
  return [
    { name: `${version}: uname -r`, value: seconds(peer), unit: 's', note },
    { name: 'kmx run: one test', value: seconds(run), unit: 's', note },
    { name: 'kmx: first answer of the agent', value: seconds(answer), unit: 's', note },
    ratio('kmx run / virtme-ng', run, peer),
    ratio('first answer / virtme-ng', answer, peer),
  ];
}

async function versionOf(vng: string): Promise<string> {
  const asked = await execa(vng, ['--version'], { reject: false, stdin: 'ignore' });
  if (asked.exitCode === 0) return asked.stdout.trim();
  throw new InfraError(`there is no virtme-ng: ${asked.shortMessage ?? vng}`, {
    code: 'NO_PEER',
    remedy: 'docs/speed.md says how to install it; --vng names its command',
  });
}

/** The peer mounts the host's files by 9p, which cloud kernels are built without. */
function fullFlavour(name: string, source: object | undefined): object {
  if (source !== undefined && 'debian' in source && typeof source.debian === 'object') {
    return { debian: { ...source.debian, flavour: 'full' } };
  }
  throw new InfraError(`${name} is not a kernel that Debian also builds with 9p`, {
    code: 'BENCH',
    remedy: 'give --kernel the name of one with "debian" in matrix.yaml',
  });
}

/** Copies the kernel, since the peer writes module lists beside it. Returns the image's path. */
async function copyOfPackage(
  { path }: BenchFolder,
  { image, modules }: BootableKernel,
): Promise<string> {
  if (modules === undefined) throw new InfraError(`${image} has no modules`, { code: 'BENCH' });
  const copy = join(path, 'boot', basename(image));
  await cp(image, copy);
  await cp(modules, join(path, 'lib/modules', basename(modules)), { recursive: true });
  return copy;
}

async function timePeer(
  folder: BenchFolder,
  vng: string,
  image: string,
  { prepared, accelerator }: BenchGuest,
): Promise<number> {
  const { release } = prepared.kernel;
  const withoutKvm = accelerator === 'tcg' ? ['--disable-kvm'] : [];
  // By default it tries virtiofs first, and waits in vain, since Debian 12 has no daemon for it.
  const options = ['--force-9p', ...withoutKvm, '--run', image, '--exec', 'uname -r'];
  await using out = await open(join(folder.path, 'vng.out'), 'w+');
  await using log = await open(join(folder.path, 'vng.err'), 'w+');
  const beginMs = performance.now();
  // `timeout` ends everything that the command has started, not only the command.
  const child = spawn('timeout', [`${ENDS_WITHIN_S}`, vng, ...options], {
    env: { ...process.env, PATH: pathOf(vng) },
    // Files instead of execa's pipes: its QEMU reopens them, which Node's sockets do not allow.
    stdio: ['ignore', out.fd, log.fd],
  });
  const [code] = await once(child, 'exit');
  const ms = performance.now() - beginMs;
  if (code === 0 && (await readBack(out)).includes(release)) return ms;
  throw new InfraError(`virtme-ng did not run uname -r on ${release}`, {
    code: 'BENCH',
    output: `exit code ${code}\n${(await readBack(log)).slice(-2000)}`,
  });
}

/** It finds its other programs in PATH; in a virtualenv they are beside it. */
function pathOf(vng: string): string {
  const { PATH = '' } = process.env;
  return vng.includes('/') ? `${resolve(dirname(vng))}${delimiter}${PATH}` : PATH;
}

/** The whole content, wherever the file's position is. */
async function readBack(file: FileHandle): Promise<string> {
  const { size } = await file.stat();
  const { buffer } = await file.read(Buffer.alloc(size), 0, size, 0);
  return buffer.toString();
}
