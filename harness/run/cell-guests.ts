/**
 * The guests of one cell, one after the other: a guest serves tests until one of them got a bad
 * verdict, then the next test gets a fresh one.
 */
import { join } from 'node:path';
import { InfraError } from '../errors.ts';
import type { EventSink, GuestFacts, GuestReason } from '../events.ts';
import type { Machine } from '../machine/machine.ts';
import type { Limits } from '../matrix/matrix.ts';
import type { PreparedCell } from '../prepare/prepare-cell.ts';
import { type Decision, decideVerdict } from '../verdict/decide.ts';
import { isGood, type Verdict } from '../verdict/verdict.ts';
import { now } from './clock.ts';
import { describeFailedStart } from './failed-start.ts';
import { type GuestRun, runGuest } from './guest-run.ts';
import { decideWithPicture } from './test-end.ts';

export interface CellGuests extends AsyncDisposable {
  /** The number of the present guest, or of the last one. */
  readonly number: number;
  /** The guest that is up, if there is one. */
  readonly current: { readonly run: GuestRun; readonly facts: GuestFacts } | undefined;
  /** Boots a guest if none is up. What went wrong, if it did not come up. */
  ensure(): Promise<Decision | undefined>;
  /** The verdict says whether the guest may serve the next test; if not, it is ended. */
  afterTest(verdict: Verdict): Promise<void>;
  /** Ends the present guest, if there is one; the next one is a fresh one for that reason. */
  renew(reason: GuestReason): Promise<void>;
}

export interface CellGuestsOrder {
  readonly prepared: PreparedCell;
  readonly machine: Machine;
  readonly limits: Limits;
  /** The cell's folder in the run's reports. */
  readonly folder: string;
  readonly emit: EventSink;
  /** Aborted: the present guest ends at once, and there is no other. */
  readonly signal: AbortSignal;
  /** Guests that the cell had before kmx was ended; their folders stay. */
  readonly guestsBefore: number;
  /** Told when the present guest can serve no call any more. */
  readonly onLost: (guest: number) => void;
}

export function createCellGuests(order: CellGuestsOrder): CellGuests {
  const { prepared, emit } = order;
  const cell = prepared.cell.id;
  let number = order.guestsBefore;
  let reason: GuestReason = number === 0 ? 'first' : 'resumed';
  let current: { run: GuestRun; facts: GuestFacts } | undefined;

  async function boot(): Promise<Decision | undefined> {
    if (order.signal.aborted) return decideVerdict({ hostFault: 'the run was interrupted' });
    number += 1;
    const guest = number;
    const beginMs = performance.now();
    const instance = await order.machine
      .boot({
        kernel: prepared.image,
        initramfs: prepared.initramfs,
        bootParameters: prepared.bootParameters,
        cpus: order.limits.cpus,
        memoryMib: order.limits.memoryMib,
      })
      .catch(asInfraError);
    if (instance instanceof InfraError) return decideVerdict({ hostFault: describe(instance) });
    emit({ type: 'guest-begin', time: now(), cell, guest, reason, command: instance.commandLine });
    const run = runGuest({
      instance,
      cgroup: prepared.cell.cgroup,
      leaveUnmounted: prepared.leaveUnmounted,
      agent: prepared.agent,
      limits: order.limits,
      folder: join(order.folder, `guest-${guest}`),
      onFinding: (finding) => emit({ type: 'finding', time: now(), cell, guest, finding }),
    });
    const stop = (): void => void run[Symbol.asyncDispose]();
    order.signal.addEventListener('abort', stop, { once: true });
    void instance.exited.then(() => order.signal.removeEventListener('abort', stop));
    if (order.signal.aborted) stop();
    try {
      const facts = await run.start();
      const bootMs = Math.round(performance.now() - beginMs);
      emit({ type: 'guest-ready', time: now(), cell, guest, bootMs, facts });
      current = { run, facts };
      void run.lost.then(() => order.onLost(guest));
      return undefined;
    } catch (error) {
      await run.drain();
      const decision = await decideWithPicture(describeFailedStart(run, error, order.limits), run);
      await end(run, guest);
      reason = `after-${decision.verdict}`;
      return decision;
    }
  }

  async function end(run: GuestRun, guest: number): Promise<void> {
    await run[Symbol.asyncDispose]();
    const { machineEnd } = run;
    const how = machineEnd === undefined ? 'ended by kmx' : `by itself: ${machineEnd.how}`;
    emit({ type: 'guest-end', time: now(), cell, guest, how });
  }

  async function renew(why: GuestReason): Promise<void> {
    if (current === undefined) return;
    const { run } = current;
    current = undefined;
    await end(run, number);
    reason = why;
  }

  return {
    get number() {
      return number;
    },
    get current() {
      return current;
    },
    ensure: async () => (current === undefined ? await boot() : undefined),
    async afterTest(verdict) {
      if (!isGood(verdict)) await renew(`after-${verdict}`);
    },
    renew,
    [Symbol.asyncDispose]: () => renew(reason),
  };
}

/** What the failing program said first is mostly why. */
function describe({ message, output }: InfraError): string {
  const why = output?.split('\n', 1)[0] ?? '';
  return why === '' ? message : `${message}: ${why}`;
}

function asInfraError(error: unknown): InfraError {
  if (error instanceof InfraError) return error;
  throw error;
}
