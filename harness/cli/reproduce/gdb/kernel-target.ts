import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { FileEntry } from '../../../file-entry.ts';
import { buildIdIn } from '../../../gdb/build-id.ts';
import { kernelScript } from '../../../gdb/gdb-script.ts';
import { parseKallsyms } from '../../../gdb/kallsyms.ts';
import { symbolFile } from '../../../gdb/symbol-file.ts';
import { BUSYBOX } from '../../../guest-tools/tool-layout.ts';
import { startTool } from '../../../live-guest/guest-tool.ts';
import { installTools } from '../../../live-guest/install-tools.ts';
import type { LiveGuest } from '../../../live-guest/live-guest.ts';
import { omitUndefined } from '../../../omit-undefined.ts';
import type { AttendedTest } from '../../../run/cell/attendant.ts';
import type { GdbTarget } from './gdb-attendant.ts';
import { openKernelStub } from './kernel-stub.ts';
import { findVmlinux } from './vmlinux-file.ts';

export interface KernelTargetOptions {
  /** What `provideTools` has returned. */
  readonly tools: readonly FileEntry[];
  /** An existing folder for the kernel's symbols. */
  readonly folder: string;
  readonly cacheRoot: string;
  /** The kernel's image, if the user has named one. */
  readonly image?: string;
}

interface Symbols {
  readonly file: string;
  readonly offset: bigint;
  readonly scripts?: string;
}

const NOTES_BYTES_MAX = 64 * 1024;

/**
 * The kernel of a guest, with what can be known of its symbols. Rejects with an InfraError if the guest is
 * a container, with a GuestError or ChannelFault if it does not answer.
 */
export async function kernelTarget(
  { guest }: AttendedTest,
  options: KernelTargetOptions,
): Promise<GdbTarget> {
  // Before anything is put into a guest that cannot be debugged.
  await guest.serveDebugger?.();
  await installTools(guest, options.tools);
  const symbols = (await findDebugFile(guest, options)) ?? (await listSymbols(guest, options));
  const { scripts, ...loaded } = symbols ?? {};
  return {
    name: 'kernel',
    openStub: () => openKernelStub(guest),
    script: (socket) =>
      kernelScript({
        socket,
        ...(symbols === undefined ? {} : { symbols: loaded as Symbols }),
        ...omitUndefined({ scripts }),
      }),
    notes: describeSymbols(symbols, guest.facts.release),
  };
}

/** A file with debugging information, of the build that runs. */
async function findDebugFile(
  guest: LiveGuest,
  { cacheRoot, image }: KernelTargetOptions,
): Promise<Symbols | undefined> {
  const { client, facts } = guest;
  const request = { path: '/sys/kernel/notes', maxBytes: NOTES_BYTES_MAX };
  const buildId = buildIdIn((await client.request('read-file', request)).data);
  if (buildId === undefined) return undefined;
  const { release } = facts;
  const search = { release, buildId, cacheRoot, ...omitUndefined({ image }) };
  const found = await findVmlinux(search);
  if (found === undefined) return undefined;
  const { stdout } = await client.run([BUSYBOX, 'grep', '-m1', ' _text$', '/proc/kallsyms']);
  const [start] = parseKallsyms(stdout.toString('latin1'));
  if (start === undefined) return undefined;
  const offset = start.address - found.baseAddress;
  return { file: found.path, offset, ...omitUndefined({ scripts: found.scripts }) };
}

/** The names of functions and data alone, as the running kernel has them. */
async function listSymbols(
  guest: LiveGuest,
  { folder }: KernelTargetOptions,
): Promise<Symbols | undefined> {
  // More than one answer of init holds.
  await using tool = await startTool(guest, { argv: [BUSYBOX, 'cat', '/proc/kallsyms'] });
  const symbols = parseKallsyms(await text(tool.output));
  if (symbols.length === 0) return undefined;
  const file = join(folder, `kernel-${guest.number}.symbols`);
  await writeFile(file, symbolFile(symbols));
  return { file, offset: 0n };
}

function describeSymbols(symbols: Symbols | undefined, release: string): readonly string[] {
  if (symbols === undefined) return ['the kernel does not list its symbols (CONFIG_KALLSYMS)'];
  const isListed = symbols.file.endsWith('.symbols');
  if (!isListed) return [`symbols: ${symbols.file}`];
  return [
    'symbols: the names of functions, as the kernel lists them; for source lines and variables, ' +
      `put its debugging file at /usr/lib/debug/boot/vmlinux-${release} ` +
      `(Debian: the package linux-image-${release}-dbg)`,
  ];
}
