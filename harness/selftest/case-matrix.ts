import { stringify } from 'yaml';
import type { KernelImage } from '../kernels/kernel-image.ts';
import type { Matrix } from '../matrix/matrix.ts';
import { parseMatrix } from '../matrix/parse.ts';
import { omitUndefined } from '../omit-undefined.ts';
import type { GuestSetting } from './selftest-case.ts';

/** Long enough for a guest of a host that has much else to do. */
const LIMITS = {
  boot_timeout_ms: 60_000,
  call_timeout_ms: 20_000,
  test_timeout_ms: 60_000,
  drain_timeout_ms: 2000,
  heartbeat_timeout_ms: 15_000,
  console_bytes: 4_194_304,
  // Boots faster than two without KVM.
  cpus: 1,
};

/** Instead of the above, where a case is about the end of a limit. */
export const SHORT_LIMITS = {
  boot_timeout_ms: 25_000,
  call_timeout_ms: 4000,
  heartbeat_timeout_ms: 6000,
};

/** The matrix file of one case: a single cell, as a user could write it. */
export function caseMatrixText(
  { agent, bootParameters = [], firstProcess, limits = {} }: GuestSetting,
  { image, config, modules }: KernelImage,
  saboteur: string,
): string {
  const words = [
    ...bootParameters,
    ...(firstProcess === undefined ? [] : [`saboteur=${firstProcess}`]),
  ];
  return stringify({
    kernels: {
      kernel: {
        path: {
          image,
          ...omitUndefined({ config, modules }),
        },
      },
    },
    configs: { default: words.length === 0 ? {} : { boot_parameters: words } },
    cgroups: ['v2'],
    agents: {
      agent:
        agent === undefined
          ? { reference: { guard: 'on' } }
          : { kata: { path: saboteur, arguments: ['agent', agent] } },
    },
    limits: { ...LIMITS, ...limits },
  });
}

/** A text of ours has no faults: one would be a bug. */
export function parseCaseMatrix(text: string, file: string): Matrix {
  const parsed = parseMatrix(text, { file });
  if (parsed.isValid) return parsed.matrix;
  throw new Error(`The matrix of a case is faulty: ${JSON.stringify(parsed.problems)}`);
}
