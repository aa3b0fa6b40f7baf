/**
 * The first guest of a cell is saved on its way: when init is ready (L1, for all cells of its kernel
 * and config) and when its agent is healthy (L2). It goes on and serves tests like any other.
 */
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { InfraError } from '../../errors.ts';
import type { GuestFacts, GuestReason } from '../../events.ts';
import { type BareFacts, GuestStopped, probeFacts } from '../../live-guest/bring-up.ts';
import type { FailedStart, GuestStarts, StartedGuest } from '../../live-guest/guest-starter.ts';
import type { GuestRun } from '../../live-guest/live-guest.ts';
import type { BootSpec, TemplateMachine } from '../../machine/machine.ts';
import type { PreparedCell } from '../../prepare/prepare-cell.ts';
import { LOGS_FOLDER, type Template, writeRecord } from './template.ts';

export interface Making {
  readonly machine: TemplateMachine;
  readonly spec: BootSpec;
  readonly prepared: PreparedCell;
  readonly starts: GuestStarts;
}

/** Why there is no template. */
export type Unmade =
  /** The guest itself did not come up: that is what a test of it comes to. */
  | FailedStart
  /** Saving failed, or restoring what was saved before. */
  | { readonly why: string };

const LOGS = ['console.log', 'agent-stdout.log', 'agent-stderr.log', 'command.txt'];

/** Boots a guest; `saveBare` is called when init is ready. */
export async function bootGuest(
  { machine, spec, prepared, starts }: Making,
  reason: GuestReason,
  saveBare: (run: GuestRun, logs: string, facts: BareFacts) => Promise<void>,
): Promise<StartedGuest | Unmade> {
  const { initramfs } = prepared.bare;
  const started = await starts.start({
    arrival: { from: 'boot' },
    reason,
    instance: () => machine.boot({ ...spec, initramfs }),
    async bringUp(run, logs) {
      const facts = await run.startBare();
      await saveBare(run, logs, facts);
      return await run.addAgent(facts, prepared.agentFiles);
    },
  });
  if (!('decision' in started)) return started;
  // What saving says of the guest is no word on it.
  return started.error instanceof InfraError && started.error.code === 'NOT_SAVED'
    ? { why: started.error.message }
    : started;
}

/** Goes on from a guest that was saved when init was ready. */
export async function branchGuest(
  { machine, spec, prepared, starts }: Making,
  reason: GuestReason,
  base: Template<BareFacts>,
): Promise<StartedGuest | Unmade> {
  const { facts, bytesBefore } = base;
  const started = await starts.start({
    arrival: { from: 'L1', facts, files: prepared.agentFiles },
    bytesBefore,
    reason,
    instance: () => machine.branch(spec, base.folder),
  });
  if (!('decision' in started)) return started;
  return isGuestsOwn(started) ? started : { why: describeFailure(started) };
}

/**
 * Writes a guest to a template's folder. Says why if it is not to be one; throws an InfraError if it
 * could not be saved, after which it is of no more use.
 */
export async function saveGuest(
  run: GuestRun,
  known: { facts: BareFacts; agentPid: number; made: Readonly<Record<string, string>> },
  logsFrom: string,
  folder: string,
): Promise<Unmade | undefined> {
  const { crash } = run.evidence;
  if (crash !== undefined) return { why: `it came up with a ${crash.class}: ${crash.title}` };
  const bytesBefore = await run.save(folder).catch((cause: unknown) => {
    if (cause instanceof InfraError) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new InfraError(`the guest does not go on after it was saved: ${message}`, {
      code: 'NOT_SAVED',
      cause,
    });
  });
  await writeRecord(folder, { ...known, bytesBefore });
  const logs = join(folder, LOGS_FOLDER);
  await mkdir(logs);
  await Promise.all(LOGS.map((log) => copyFile(join(logsFrom, log), join(logs, log))));
  return undefined;
}

/** Asks a restored guest what the saved one was asked; rejects if it says something else. */
export async function verifyFacts(
  { guest }: GuestRun,
  expected: GuestFacts,
  timeoutMs: number,
): Promise<void> {
  const { cgroup, controllers } = expected;
  const found: GuestFacts = { ...(await probeFacts(guest, timeoutMs)), cgroup, controllers };
  if (isDeepStrictEqual(found, expected)) return;
  throw new GuestStopped(`once restored it tells other facts: ${JSON.stringify(found)}`);
}

/** A crash of the guest is its own, wherever it came from; anything else may be the template's. */
export function isGuestsOwn({ decision }: FailedStart): boolean {
  return ['kernel-panic', 'kernel-oops', 'agent-panic'].includes(decision.verdict);
}

export function describeFailure({ decision }: FailedStart): string {
  return decision.detail?.message ?? decision.verdict;
}
