import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { InfraError } from '../errors.ts';
import type { FileEntry } from '../file-entry.ts';
import { formatCpio } from '../prepare/newc.ts';
import { writeMemory } from './gdb-stub.ts';
import type { KernelCode, Symbols } from './kernel-code.ts';
import type { Provocation } from './provocations.ts';

const PROGRAMS = fileURLToPath(new URL('programs/', import.meta.url));
const SECONDS_MAX = 120;

/**
 * Boots the kernel, provokes it and returns its raw console. Throws an InfraError if the host lacks
 * something or the kernel cannot be patched.
 */
export async function recordConsole(kernel: string, provocation: Provocation): Promise<Buffer> {
  const { endsAfterSeconds } = provocation;
  await using resources = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'kmx-record-'));
  resources.defer(() => rm(folder, { recursive: true }));
  const server = createServer();
  resources.defer(() => void server.close());
  const side = join(folder, 'side');
  const debug = join(folder, 'gdb');
  await new Promise<void>((resolve) => server.listen(side, resolve));
  const initramfs = join(folder, 'initramfs');
  await writeFile(initramfs, Buffer.concat(formatCpio(await initramfsFiles(folder, provocation))));
  const image = provocation.isDamaged ? await damage(kernel, folder) : kernel;
  const guest = execa(
    'qemu-system-x86_64',
    commandLine(image, initramfs, side, debug, provocation),
    {
      encoding: 'buffer',
      timeout: (endsAfterSeconds ?? SECONDS_MAX) * 1000,
      reject: false,
      stdin: 'ignore',
    },
  );
  resources.defer(() => void guest.kill('SIGKILL'));
  const connected = once(server, 'connection') as Promise<[Socket]>;
  const [socket] = await Promise.race([connected, guest.then(({ stderr }) => notStarted(stderr))]);
  socket.on('error', () => {}); // The socket breaks when QEMU ends.
  if (provocation.code !== undefined) await patch(socket, debug, provocation.code);
  const { stdout, timedOut } = await guest;
  if (timedOut && endsAfterSeconds === undefined) {
    const what = `the guest did not end within ${SECONDS_MAX} s`;
    throw new InfraError(what, {
      code: 'RECORDING',
      output: Buffer.from(stdout).toString('latin1').slice(-2000),
    });
  }
  return Buffer.from(stdout);
}

function notStarted(stderr: Uint8Array): never {
  const output = Buffer.from(stderr).toString();
  throw new InfraError('QEMU ended before the guest started', { code: 'RECORDING', output });
}

/** With one thread: with more, QEMU 7.2 breaks kernels that patch their own code. */
function commandLine(
  image: string,
  initramfs: string,
  side: string,
  debug: string,
  { bootParameters = [], cpus = 1 }: Provocation,
): readonly string[] {
  const append = ['console=ttyS0', 'panic=-1', 'nopti', ...bootParameters].join(' ');
  return [
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-accel', 'tcg,thread=single', '-smp', `${cpus}`, '-m', '256', '-serial', 'stdio'],
    ...['-chardev', `socket,id=side,path=${side}`, '-serial', 'chardev:side'],
    ...['-chardev', `socket,id=gdb,path=${debug},server=on,wait=off`, '-gdb', 'chardev:gdb'],
    ...['-kernel', image, '-initrd', initramfs, '-append', append],
  ];
}

function lacking(what: string): (cause: unknown) => never {
  return (cause) => {
    const remedy = `apt install ${what}`;
    throw new InfraError(`recording needs ${what}`, { code: 'RECORDING', remedy, cause });
  };
}

async function initramfsFiles(
  folder: string,
  { script, code, isProgram }: Provocation,
): Promise<readonly FileEntry[]> {
  const files: FileEntry[] = [
    { kind: 'character-device', path: '/dev/console', mode: 0o600, major: 5, minor: 1 },
    { kind: 'character-device', path: '/dev/ttyS1', mode: 0o600, major: 4, minor: 65 },
    { kind: 'character-device', path: '/dev/zero', mode: 0o666, major: 1, minor: 5 },
    { kind: 'character-device', path: '/dev/null', mode: 0o666, major: 1, minor: 3 },
    { kind: 'directory', path: '/proc', mode: 0o755 },
  ];
  if (isProgram) {
    const program = join(folder, 'crash');
    const flags = ['-static', '-w', '-O0', '-fstack-protector-all', '-o', program];
    // From its own folder, since a failed assertion prints the path.
    await execa('gcc', [...flags, 'crash.c'], { cwd: PROGRAMS }).catch(lacking('gcc'));
    files.push({ kind: 'file', path: '/init', mode: 0o755, content: await readFile(program) });
  }
  if (script !== undefined) {
    const busybox = await readFile('/bin/busybox').catch(lacking('busybox-static'));
    files.push({ kind: 'file', path: '/bin/busybox', mode: 0o755, content: busybox });
    const content = Buffer.from(initScript(script, code));
    files.push({ kind: 'file', path: '/init', mode: 0o755, content });
  }
  return files;
}

function initScript(script: string, code: KernelCode | undefined): string {
  const names = [code?.patched, ...(code?.calls?.flat() ?? [])].join('|');
  const wait = [
    // Held open: bytes that arrive at a closed port are lost.
    'exec 3<>/dev/ttyS1',
    'stty -F /dev/ttyS1 raw -echo',
    `grep -E " (${names})$" /proc/kallsyms >&3`,
    'echo end >&3',
    'read go <&3',
  ];
  return [
    '#!/bin/busybox sh',
    '/bin/busybox --install -s /bin',
    'export PATH=/bin',
    'mount -t proc none /proc',
    ...(code === undefined ? [] : wait),
    script,
    '',
  ].join('\n');
}

/** Waits for the guest's symbols, writes the code into its kernel, and lets it continue. */
async function patch(socket: Socket, debug: string, code: KernelCode): Promise<void> {
  let text = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    if (/^end\r?$/m.test(text)) break;
  }
  const symbols: Symbols = new Map(
    [...text.matchAll(/^([0-9a-f]{16}) \w (\w+)\r?$/gm)].map(([, address, name = '']) => [
      name,
      BigInt(`0x${address}`),
    ]),
  );
  const find = (names: readonly string[]): bigint => {
    const found = names.map((name) => symbols.get(name)).find((address) => address !== undefined);
    if (found !== undefined) return found;
    throw new InfraError(`the guest's kernel has no ${names.join(' or ')}`, { code: 'NO_SYMBOL' });
  };
  const calls = code.calls?.map(find) ?? [];
  await writeMemory(debug, find([code.patched]), Buffer.from(code.assemble(calls)));
  socket.write('go\n');
  socket.resume();
}

/**
 * Zeroes part of the compressed kernel, which is in the middle of the file. Returns the copy's
 * path.
 */
async function damage(kernel: string, folder: string): Promise<string> {
  const bytes = await readFile(kernel);
  const middle = Math.floor(bytes.length / 2);
  bytes.fill(0, middle, middle + 4096);
  const path = join(folder, 'vmlinuz');
  await writeFile(path, bytes);
  return path;
}
