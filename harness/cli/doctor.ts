import { mkdirSync } from 'node:fs';
import { cacheRoot } from '../cache/cache-root.ts';
import { InfraError } from '../errors.ts';
import { findQemu } from '../machine/qemu/find-qemu.ts';
import { keepsFlags } from '../machine/qemu/flags-fault.ts';
import { probeKvm } from '../machine/qemu/probe-kvm.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { renderTable } from '../reporters/table.ts';
import { toLine } from '../text.ts';
import { checkBuilds, ENGINE_BUILDS } from './build-checks.ts';
import { colorsFor } from './colors.ts';
import { checkEngine } from './engine-checks.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { findCachedKernel } from './find-cached-kernel.ts';
import {
  checkDisk,
  checkMemory,
  checkProgram,
  checkSandbox,
  checkUser,
  type HostCheck,
} from './host-checks.ts';

export interface DoctorOptions {
  readonly probe?: boolean;
}

/** What a guest of the default size takes, including QEMU itself. */
const GUEST_MIB = 376;

/** Prints what the host offers and what to do about the rest; 69 if guests cannot run here. */
export async function doctor({ probe = false }: DoctorOptions): Promise<number> {
  const root = cacheRoot(process.env);
  mkdirSync(root, { recursive: true });
  const engine = await checkEngine();
  const hasEngine = engine[0]?.state === 'fine';
  const checks = await Promise.all([
    ...(await checkQemu(hasEngine)),
    checkUser(process.getuid?.()),
    checkKvm(root, probe),
    checkMemory(GUEST_MIB),
    checkDisk(root),
    checkProgram('apt-get', { purpose: 'fetches Debian kernels', remedy: 'apt install apt' }),
    checkProgram('dpkg-deb', { purpose: 'unpacks Debian kernels', remedy: 'apt install dpkg' }),
    checkProgram('xz', { purpose: 'unpacks kernel modules', remedy: 'apt install xz-utils' }),
    checkProgram('prlimit', {
      purpose: 'limits what is fetched and unpacked',
      remedy: 'apt install util-linux',
    }),
    checkProgram('flock', { purpose: 'locks the cache', remedy: 'apt install util-linux' }),
    checkProgram('cargo', {
      remedy: 'install Rust from https://rustup.rs',
      purpose: 'builds the guest',
    }),
    checkBuilds(root),
    ...engine,
    ...(hasEngine ? [ENGINE_BUILDS] : []),
  ]);
  const { green, yellow, red } = colorsFor(process.stdout, process.env);
  const paint = { fine: green, reduced: yellow, missing: red };
  const rows = checks.map(({ state, name, found }) => [paint[state](state), name, toLine(found)]);
  const lines = renderTable(rows).flatMap((line, index) => {
    const remedy = checks[index]?.remedy;
    return remedy === undefined ? [line] : [line, `         → ${remedy}`];
  });
  process.stdout.write(`${lines.join('\n')}\n`);
  return checks.some(({ state }) => state === 'missing') ? EXIT_CODES.unmeasured : EXIT_CODES.good;
}

/** @param hasEngine Whether guests can also run in containers, or in a QEMU that does. */
async function checkQemu(hasEngine: boolean): Promise<readonly HostCheck[]> {
  try {
    const { version, hasSandbox } = await findQemu();
    return [checkFlags(version), checkSandbox(hasSandbox)];
  } catch (error) {
    if (!(error instanceof InfraError)) throw error;
    const remedy = omitUndefined({ remedy: error.remedy });
    const state = hasEngine ? 'reduced' : 'missing';
    return [{ name: 'qemu', state, found: error.message, ...remedy }];
  }
}

function checkFlags(version: string): HostCheck {
  const found = `QEMU ${version}`;
  return keepsFlags(version)
    ? { name: 'qemu', state: 'fine', found }
    : {
        name: 'qemu',
        state: 'reduced',
        found: `${found}: loses flags in cmpxchg16b, so emulated processors have none`,
        remedy: 'only programs that need x86-64-v2 miss it; QEMU 8 or newer has it: docs/qemu.md',
      };
}

/** Without KVM everything works, only slower. */
async function checkKvm(root: string, isFresh: boolean): Promise<HostCheck> {
  const kernel = await findCachedKernel(root);
  try {
    const { outcome, reason, remedy } = await probeKvm({
      cacheRoot: root,
      isFresh,
      ...omitUndefined({ kernel }),
    });
    return {
      name: 'kvm',
      state: outcome === 'works' ? 'fine' : 'reduced',
      found: `${outcome}: ${reason}`,
      ...omitUndefined({ remedy }),
    };
  } catch (error) {
    if (!(error instanceof InfraError)) throw error;
    return { name: 'kvm', state: 'reduced', found: `not tried: ${error.message}` };
  }
}
