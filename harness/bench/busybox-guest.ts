/** The floor for a boot: the same kernel and machine without anything of kmx. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InfraError } from '../errors.ts';
import type { Machine, VmSpec } from '../machine/machine.ts';
import { formatCpio } from '../prepare/newc.ts';
import { type Cost, costSince } from './guest-boots.ts';

const MARK = 'kmx-bench: init';

/** Measures from QEMU's start to the first line of busybox's init. */
export async function timeBusybox(machine: Machine, spec: VmSpec): Promise<Cost> {
  const beginMs = performance.now();
  await using instance = await machine.boot(spec);
  for (const port of [instance.agentStdout, instance.agentStderr, instance.control]) port.resume();
  let text = '';
  for await (const chunk of instance.console) {
    text += String(chunk);
    if (text.includes(MARK)) return await costSince(beginMs, instance);
  }
  throw new InfraError('the busybox guest ended before its init ran', {
    code: 'BENCH',
    output: text,
  });
}

/**
 * Writes an initramfs with nothing but busybox, as close to a kernel alone as a guest gets; returns
 * its path. Busybox is not part of kmx.
 */
export async function writeBusyboxInitramfs(folder: string): Promise<string> {
  const busybox = await readFile('/bin/busybox').catch((cause: unknown) => {
    throw new InfraError('the floor is measured with a static busybox, which is not installed', {
      code: 'NO_BUSYBOX',
      remedy: 'apt install busybox-static',
      cause,
    });
  });
  const script = `#!/bin/busybox sh\necho ${MARK}\n/bin/busybox sleep 60\n`;
  const parts = formatCpio([
    { kind: 'file', path: '/bin/busybox', mode: 0o755, content: busybox },
    { kind: 'character-device', path: '/dev/console', mode: 0o600, major: 5, minor: 1 },
    { kind: 'file', path: '/init', mode: 0o755, content: Buffer.from(script) },
  ]);
  const path = join(folder, 'busybox.cpio');
  await writeFile(path, Buffer.concat(parts));
  return path;
}
