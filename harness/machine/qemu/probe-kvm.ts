import { constants } from 'node:fs';
import { access, readFile, rm, writeFile } from 'node:fs/promises';
import { arch, cpus } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { cachedEntry } from '../../cache/cached-entry.ts';
import { digestFile, digestOf, nameOfDigest } from '../../cache/digest.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { findQemu, type QemuHost } from './find-qemu.ts';
import { findImageFault, findKernelFault } from './probe-boot.ts';
import { createQemuMachine } from './qemu-machine.ts';

/** Increment it when an older answer may be wrong. */
const PROBE_VERSION = 1;
const BOOT_TIMEOUT_MS = 10_000;
const DEVICE = '/dev/kvm';

/**
 * `absent`: this process cannot use /dev/kvm. `broken`: a guest did not run on it. `unproven`:
 * firmware runs, but no kernel was tried. Only `works` allows the use of KVM.
 */
const KVM_OUTCOMES = ['absent', 'broken', 'unproven', 'works'] as const;

export interface KvmProbe {
  readonly outcome: (typeof KVM_OUTCOMES)[number];
  /** One line for people: what was seen. */
  readonly reason: string;
  /** What the user can do about it, if anything. */
  readonly remedy?: string;
}

export interface KvmProbeOptions {
  readonly cacheRoot: string;
  /** Image of any kernel with a serial console. Without one the best outcome is `unproven`. */
  readonly kernel?: string;
  /** KVM's device node, by default `/dev/kvm`. */
  readonly device?: string;
  readonly binary?: string;
  /** What `findQemu` found, where the caller has it already. */
  readonly host?: QemuHost;
  /** For each of the two guests. */
  readonly bootTimeoutMs?: number;
  /** Probes again, whatever the cache says. */
  readonly isFresh?: boolean;
}

const probeSchema = z.object({
  outcome: z.enum(KVM_OUTCOMES),
  reason: z.string(),
  remedy: z.string().exactOptional(),
});

/**
 * Finds out whether guests can run on KVM, by running one: a device node proves nothing. Seen on
 * hosts with /dev/kvm: QEMU aborts at once, QEMU stops the guest with an internal error, or the
 * guest is silent for ever; all but the first only with a real kernel. The answer is cached until
 * the host reboots. Rejects with an InfraError without QEMU.
 */
export async function probeKvm(options: KvmProbeOptions): Promise<KvmProbe> {
  const absent = await findDeviceFault(options.device ?? DEVICE);
  if (absent !== undefined) return absent;
  const host = options.host ?? (await findQemu(options.binary));
  const key = await probeKey(host, options.kernel);
  if (options.isFresh) await rm(join(options.cacheRoot, key), { recursive: true, force: true });
  const entry = await cachedEntry(options.cacheRoot, key, async (folder) => {
    await writeFile(join(folder, 'kvm.json'), JSON.stringify(await bootOnKvm(options)));
  });
  return probeSchema.parse(JSON.parse(await readFile(join(entry, 'kvm.json'), 'utf8')));
}

/** Cheap to check, and a `usermod` or `modprobe` changes it, so it is never cached. */
async function findDeviceFault(device: string): Promise<KvmProbe | undefined> {
  if (arch() !== 'x64') {
    return { outcome: 'absent', reason: `guests are x86-64, this host is ${arch()}` };
  }
  try {
    await access(device, constants.R_OK | constants.W_OK);
    return undefined;
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code !== 'ENOENT';
    return isThere
      ? {
          outcome: 'absent',
          reason: `no permission to use ${device}`,
          remedy: 'join its group (sudo usermod --append --groups kvm "$USER") and log in again',
        }
      : {
          outcome: 'absent',
          reason: `there is no ${device}`,
          remedy:
            'turn virtualisation on in the firmware, or nested virtualisation in the outer host',
        };
  }
}

async function probeKey(host: QemuHost, kernel: string | undefined): Promise<string> {
  const bootId = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
  const processor = cpus()[0]?.model;
  const image = kernel === undefined ? 'none' : await digestFile(kernel);
  const inputs = [PROBE_VERSION, bootId, processor, host.binary, host.build, image];
  return `kvm/${nameOfDigest(digestOf(JSON.stringify(inputs)))}`;
}

async function bootOnKvm(options: KvmProbeOptions): Promise<KvmProbe> {
  const { kernel, binary, host, bootTimeoutMs = BOOT_TIMEOUT_MS } = options;
  const machine = await createQemuMachine({
    accelerator: 'kvm',
    startTimeoutMs: bootTimeoutMs,
    ...omitUndefined({ binary, host }),
  });
  const imageFault = await findImageFault(machine, bootTimeoutMs, host?.temporaryDirectory);
  if (imageFault !== undefined) return broken('a guest of a few bytes', imageFault);
  if (kernel === undefined) {
    return { outcome: 'unproven', reason: 'firmware runs on it, but no kernel was tried' };
  }
  const kernelFault = await findKernelFault(machine, kernel, bootTimeoutMs);
  if (kernelFault !== undefined) return broken('a kernel', kernelFault);
  return { outcome: 'works', reason: 'a kernel booted on it' };
}

function broken(what: string, fault: string): KvmProbe {
  return {
    outcome: 'broken',
    reason: `${what} did not run on it: ${fault}`,
    remedy: 'guests are emulated instead, which only takes more time',
  };
}
