/** A cell whose machine, guests, agent and workers are scripts. */
import { ADAPTERS } from '../../../agents/connect.ts';
import { InfraError } from '../../../errors.ts';
import { healthyGuest } from '../../../live-guest/testing/scripted-guest.ts';
import {
  createScriptedMachine,
  type Script,
  withScriptedTemplates,
} from '../../../machine/scripted/scripted-machine.ts';
import type { RunLimits } from '../../../matrix/scaled-limits.ts';
import { testCell } from '../../../matrix/testing/test-cell.ts';
import type { PreparedCell } from '../../../prepare/prepare-cell.ts';

export const LIMITS: RunLimits = {
  bootTimeoutMs: 5000,
  callTimeoutMs: 5000,
  testTimeoutMs: 5000,
  drainTimeoutMs: 200,
  heartbeatTimeoutMs: 60_000,
  settleTimeoutMs: 5000,
  healthTimeoutMs: 5000,
  leaseGraceMs: 5000,
  machineStartTimeoutMs: 5000,
  memoryMib: 1,
  cpus: 1,
  consoleBytes: 1_000_000,
  runLogBytes: 1_000_000_000,
};

export const PREPARED: PreparedCell = {
  cell: testCell(),
  kernel: { release: '6.12.0', image: 'vmlinuz', digest: 'sha256:1', origin: 'a test' },
  boot: {
    kind: 'vm',
    image: 'vmlinuz',
    initramfs: 'initramfs',
    bare: { initramfs: 'bare-initramfs', digest: 'sha256:2' },
    bootParameters: [],
  },
  agentFiles: [],
  leaveUnmounted: [],
  agent: { argv: ['/kmx/agent/agent'], environment: {}, socket: '/run/agent.sock' },
  digest: 'sha256:3',
};

export const SETUP = {
  cgroup: 'v2',
  leaveUnmounted: [],
  agent: PREPARED.agent,
  connectAgent: ADAPTERS.reference,
} as const;

export const booted = healthyGuest();
/** With a configuration in `/proc/config.gz`. */
export const bootedWith = (config: string): Script => healthyGuest({ config });
export const restored = healthyGuest({ isRestored: true });

/** A machine that cannot restore what was saved. */
export const unrestorable: Script = () => {
  throw new InfraError('the saved guest could not be restored', { code: 'NOT_RESTORED' });
};

/** A panic as kernel 6.12 prints it. */
export const PANIC = [
  '[    1.000000] Kernel panic - not syncing: Attempted to kill init!',
  '[    1.000001] ---[ end Kernel panic - not syncing: Attempted to kill init! ]---',
  '',
].join('\r\n');

/** A guest that panics at once. */
export const panicking: Script = async ({ console }) => {
  console.write(PANIC);
  return { reason: 'guest-panic' };
};

/** A machine whose guests play the scripts in turn; the last one is repeated. */
export function machineOf(boots: readonly Script[], restores?: readonly Script[]) {
  const machine = createScriptedMachine(inTurn(boots));
  return restores === undefined ? machine : withScriptedTemplates(machine, inTurn(restores));
}

function inTurn(scripts: readonly Script[]): Script {
  let started = 0;
  return (...at) => {
    const script = scripts[Math.min(started, scripts.length - 1)];
    started += 1;
    if (script === undefined) throw new Error('Expected a script for a guest');
    return script(...at);
  };
}
