import { stringify } from 'yaml';
import type { BootableKernel } from '../kernels/kernel-image.ts';
import type { CgroupMode } from '../matrix/cell.ts';
import type { Matrix } from '../matrix/matrix.ts';
import { parseMatrix } from '../matrix/parse.ts';
import { omitUndefined } from '../omit-undefined.ts';
import type { GuestSetting } from './selftest-case.ts';

/** Long enough for a guest on a busy host. */
const LIMITS = {
  boot_timeout_ms: 60_000,
  call_timeout_ms: 20_000,
  test_timeout_ms: 60_000,
  drain_timeout_ms: 2000,
  heartbeat_timeout_ms: 15_000,
  console_bytes: 4_194_304,
  // Boots faster than with two, without KVM.
  cpus: 1,
};

/** Instead of those above, for cases in which a limit runs out. */
export const SHORT_LIMITS = {
  boot_timeout_ms: 25_000,
  call_timeout_ms: 4000,
  heartbeat_timeout_ms: 6000,
};

/** What the guest of a case boots: a kernel of its own, or none, and then it has the host's cgroups. */
export type CaseGround = BootableKernel | { readonly image?: never; readonly cgroup: CgroupMode };

/** The matrix file of one case: a single cell, written as by a user. */
export function caseMatrixText(
  { agent, bootParameters = [], firstProcess, limits = {} }: GuestSetting,
  ground: CaseGround,
  saboteur: string,
): string {
  const isContainer = ground.image === undefined;
  const words = [
    ...bootParameters,
    ...(firstProcess === undefined || isContainer ? [] : [`saboteur=${firstProcess}`]),
  ];
  return stringify({
    kernels: { kernel: isContainer ? { host: {} } : { path: pathsOf(ground) } },
    configs: { default: words.length === 0 ? {} : { boot_parameters: words } },
    cgroups: [isContainer ? ground.cgroup : 'v2'],
    agents: {
      agent:
        agent === undefined
          ? { reference: { guard: 'on' } }
          : { kata: { path: saboteur, arguments: ['agent', agent] } },
    },
    limits: { ...LIMITS, ...limits },
  });
}

function pathsOf({ image, config, modules }: BootableKernel) {
  return { image, ...omitUndefined({ config, modules }) };
}

/** Our own text: a problem in it is a bug. */
export function parseCaseMatrix(text: string, file: string): Matrix {
  const parsed = parseMatrix(text, { file });
  if (parsed.isValid) return parsed.matrix;
  throw new Error(`The matrix of a case is faulty: ${JSON.stringify(parsed.problems)}`);
}
