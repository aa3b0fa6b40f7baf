import { AGENT_CASES } from './cases/agent-cases.ts';
import { BOOT_CASES } from './cases/boot-cases.ts';
import { CHANNEL_CASES } from './cases/channel-cases.ts';
import { CONTAINER_CASES } from './cases/container-cases.ts';
import { HOST_CASES } from './cases/host-cases.ts';
import { KERNEL_CASES } from './cases/kernel-cases.ts';
import { SCENARIO_CASES } from './cases/scenario-cases.ts';
import type { SelftestCase } from './selftest-case.ts';

/** Everything that the selftest breaks. */
export const SELFTEST_CASES: readonly SelftestCase[] = [
  ...SCENARIO_CASES,
  ...BOOT_CASES,
  ...AGENT_CASES,
  ...KERNEL_CASES,
  ...CHANNEL_CASES,
  ...CONTAINER_CASES,
  ...HOST_CASES,
];
