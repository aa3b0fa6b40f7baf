import { statfs } from 'node:fs/promises';
import { availableParallelism, freemem } from 'node:os';
import { execa } from 'execa';

/** One thing that a host should offer. */
export interface HostCheck {
  readonly name: string;
  /** `missing` keeps kmx from working, `reduced` makes it slower or leaves something out. */
  readonly state: 'fine' | 'reduced' | 'missing';
  /** What was found, one line. */
  readonly found: string;
  /** What to do about it; only if it is not fine. */
  readonly remedy?: string;
}

const MIB = 1024 * 1024;
const DISK_MIB_NEEDED = 2048;
/** Sources of Linux take 1.7 GiB; what they are unpacked from, the compiler in a container and objects 1 GiB more. */
const BUILD_MIB_NEEDED = 3072;

/** A program that must be there. */
export async function checkProgram(
  name: string,
  { purpose, remedy }: { readonly purpose: string; readonly remedy: string },
): Promise<HostCheck> {
  const { failed, stdout } = await execa(name, ['--version'], { reject: false });
  if (!failed) return { name, state: 'fine', found: stdout.split('\n', 1)[0] ?? '' };
  return { name, state: 'missing', found: `not found (${purpose})`, remedy };
}

/** A guest that breaks out of an emulated device can do what QEMU may do. */
export function checkSandbox(hasSandbox: boolean): HostCheck {
  if (hasSandbox) return { name: 'sandbox', state: 'fine', found: 'QEMU has its seccomp sandbox' };
  return {
    name: 'sandbox',
    state: 'reduced',
    found: 'QEMU was built without seccomp: it may start programs and gain rights',
    remedy: 'use a QEMU with seccomp, as Debian builds it (docs/security.md)',
  };
}

/** @param uid Of this process, as process.getuid says. */
export function checkUser(uid: number | undefined): HostCheck {
  if (uid !== 0) return { name: 'user', state: 'fine', found: 'an ordinary user' };
  return {
    name: 'user',
    state: 'reduced',
    found: 'root: a guest that breaks out of QEMU would be root on this host',
    remedy: 'run kmx as an ordinary user with access to /dev/kvm (docs/security.md)',
  };
}

/** How many guests fit into memory at the same time, at most one per CPU. */
export function checkMemory(memoryMibPerGuest: number): HostCheck {
  const freeMib = Math.round(freemem() / MIB);
  const cpus = availableParallelism();
  const fitting = Math.floor(freeMib / memoryMibPerGuest);
  const found = `${freeMib} MiB free, ${cpus} CPUs: ${Math.min(fitting, cpus)} guests at a time`;
  if (fitting >= cpus) return { name: 'memory', state: 'fine', found };
  return {
    name: 'memory',
    state: fitting === 0 ? 'missing' : 'reduced',
    found,
    remedy: 'stop other programs, or lower limits.memory_mib in the matrix file',
  };
}

export async function checkDisk(folder: string): Promise<HostCheck> {
  const { bavail, bsize } = await statfs(folder);
  const freeMib = Math.round((bavail * bsize) / MIB);
  const found = `${freeMib} MiB free at ${folder}`;
  if (freeMib >= BUILD_MIB_NEEDED) return { name: 'disk', state: 'fine', found };
  const isEnoughToRun = freeMib >= DISK_MIB_NEEDED;
  const needed = isEnoughToRun ? BUILD_MIB_NEEDED : DISK_MIB_NEEDED;
  return {
    name: 'disk',
    state: 'reduced',
    found: isEnoughToRun ? `${found}: too few to build kernels from sources` : found,
    remedy: `have ${needed} MiB free, or put the cache elsewhere with KMX_CACHE=FOLDER`,
  };
}
