import { z } from 'zod';
import { addCheck } from './schema-checks.ts';

const milliseconds = (min: number, max: number, byDefault: number, description: string) =>
  z.int().min(min).max(max).default(byDefault).describe(description);

/** `limits` of the matrix file. Every key is optional. */
export const limitsSchema = addCheck(
  z.strictObject({
    boot_timeout_ms: milliseconds(
      1000,
      3_600_000,
      60_000,
      "From the machine's start to the first word of init. Without KVM a boot takes 3 to 8 s.",
    ),
    call_timeout_ms: milliseconds(
      100,
      3_600_000,
      10_000,
      'For one answer of the agent. No answer by then, and the guest alive, is a hang.',
    ),
    test_timeout_ms: milliseconds(
      1000,
      3_600_000,
      60_000,
      'For one test with all its calls. Greater than call_timeout_ms.',
    ),
    drain_timeout_ms: milliseconds(
      100,
      60_000,
      3000,
      "For reading what is left of the guest's output before a failure gets its verdict.",
    ),
    heartbeat_timeout_ms: milliseconds(
      2000,
      3_600_000,
      15_000,
      'Without a heartbeat of init, sent every second, the guest counts as lost.',
    ),
    memory_mib: z.int().min(64).max(65_536).default(256).describe("The guest's memory in MiB."),
    cpus: z.int().min(1).max(64).default(2).describe("The guest's CPUs."),
    console_bytes: z
      .int()
      .min(65_536)
      .max(1_073_741_824)
      .default(8_388_608)
      .describe("How much of each guest's console is kept."),
    run_log_bytes: z
      .int()
      .min(1_048_576)
      .max(1_099_511_627_776)
      .default(2_147_483_648)
      .describe(
        'What the logs of all guests of a run may take: the oldest of passing ones go first.',
      ),
  }),
  (value, report) => {
    const { call_timeout_ms: call, test_timeout_ms: test } = value as Record<string, unknown>;
    if (typeof call !== 'number' || typeof test !== 'number' || call < test) return;
    const message = `call_timeout_ms (${call}) is not less than test_timeout_ms (${test})`;
    const expected = 'room for a call to hang before its test runs out of time';
    report([], message, { code: 'OUT_OF_RANGE', atKey: true, expected });
  },
);
