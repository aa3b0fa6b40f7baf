/**
 * Starts guests of one cell, and makes events of what becomes of them. Each has a number and a
 * folder of its own, also those that are only there to be saved.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { now } from '../clock.ts';
import { InfraError } from '../errors.ts';
import type { EventSink, GuestFacts, GuestOrigin, GuestReason, RunEvent } from '../events.ts';
import type { Instance } from '../machine/machine.ts';
import type { Limits } from '../matrix/matrix.ts';
import type { PreparedCell } from '../prepare/prepare-cell.ts';
import { type Decision, decideVerdict } from '../verdict/decide.ts';
import type { Finding } from '../verdict/finding.ts';
import { describeEnd } from '../verdict/unexpected-end.ts';
import type { Arrival, UpGuest } from './bring-up.ts';
import { describeFailedStart } from './failed-start.ts';
import { type GuestRun, runGuest, type StreamBytes } from './live-guest.ts';
import { decideWithPicture } from './test-end.ts';

/** A guest with a healthy agent. */
export interface StartedGuest {
  readonly number: number;
  readonly run: GuestRun;
  readonly facts: GuestFacts;
  readonly agentPid: number;
  readonly from: GuestOrigin;
  /** Its folder in the run's reports. */
  readonly folder: string;
  /** Events of the guest are held back until this is called, or it was started for a reason. */
  announce(reason: GuestReason): void;
  /** Ends it; one that was never announced leaves no trace. */
  end(): Promise<void>;
}

/** A guest that did not come up. */
export interface FailedStart {
  readonly number: number;
  readonly decision: Decision;
  readonly error: unknown;
}

export interface StartOrder {
  readonly arrival: Arrival;
  readonly bytesBefore?: StreamBytes;
  /** Absent: its events are held back until it is announced. */
  readonly reason?: GuestReason;
  readonly instance: () => Promise<Instance>;
  /** Instead of `run.start()`. */
  readonly bringUp?: (run: GuestRun, folder: string) => Promise<UpGuest>;
}

export interface GuestStarts {
  start(order: StartOrder): Promise<StartedGuest | FailedStart>;
}

export interface GuestStartsOrder {
  readonly prepared: PreparedCell;
  readonly limits: Limits;
  /** The cell's folder in the run's reports. */
  readonly folder: string;
  readonly emit: EventSink;
  /** Aborted: every guest ends at once, and there is no other. */
  readonly signal: AbortSignal;
  /** Guests that the cell had before kmx was ended; their folders stay. */
  readonly guestsBefore: number;
}

export function createGuestStarts(order: GuestStartsOrder): GuestStarts {
  const { prepared, signal } = order;
  const cell = prepared.cell.id;
  let count = order.guestsBefore;

  async function start(item: StartOrder): Promise<StartedGuest | FailedStart> {
    if (signal.aborted) return hostFault(count, 'the run was interrupted');
    count += 1;
    const number = count;
    const beginMs = performance.now();
    const instance = await item.instance().catch(asInfraError);
    if (instance instanceof InfraError) return hostFault(number, describe(instance), instance);
    const events = holdEvents(order.emit);
    const of = { time: now(), cell, guest: number };
    const { from } = item.arrival;
    const announce = (reason: GuestReason): void =>
      events.release({ type: 'guest-begin', ...of, reason, from, command: instance.commandLine });
    if (item.reason !== undefined) announce(item.reason);
    const folder = join(order.folder, `guest-${number}`);
    const run = watch(item, instance, folder, (finding) =>
      events.push({ type: 'finding', time: now(), cell, guest: number, finding }),
    );
    async function end(): Promise<void> {
      await run[Symbol.asyncDispose]();
      const { machineEnd } = run;
      // Whoever it was to serve: what it died of is told.
      if (events.isHeld && run.evidence.crash !== undefined) announce('isolation');
      const how =
        machineEnd === undefined ? 'ended by kmx' : `by itself: ${describeEnd(machineEnd)}`;
      if (events.isHeld) rmSync(folder, { recursive: true, force: true });
      events.push({ type: 'guest-end', time: now(), cell, guest: number, how });
    }
    try {
      const { facts, agentPid } = await (item.bringUp?.(run, folder) ?? run.start());
      const bootMs = Math.round(performance.now() - beginMs);
      events.push({ type: 'guest-ready', time: now(), cell, guest: number, bootMs, facts });
      return { number, run, facts, agentPid, from, folder, announce, end };
    } catch (error) {
      await run.drain();
      const evidence = describeFailedStart(run, error, order.limits);
      const decision = await decideWithPicture(evidence, run);
      await end();
      return { number, decision, error };
    }
  }

  function watch(
    { arrival, bytesBefore }: StartOrder,
    instance: Instance,
    folder: string,
    onFinding: (finding: Finding) => void,
  ): GuestRun {
    const { cell: at, leaveUnmounted, agent } = prepared;
    const run = runGuest({
      ...{ instance, arrival, folder, onFinding, leaveUnmounted, agent },
      ...(bytesBefore === undefined ? {} : { bytesBefore }),
      cgroup: at.cgroup,
      limits: order.limits,
    });
    endOnAbort(run, instance, signal);
    return run;
  }

  return { start };
}

function hostFault(number: number, message: string, error?: InfraError): FailedStart {
  return { number, decision: decideVerdict({ kind: 'host-fault', message }), error };
}

function endOnAbort(run: GuestRun, instance: Instance, signal: AbortSignal): void {
  const stop = (): void => void run[Symbol.asyncDispose]();
  signal.addEventListener('abort', stop, { once: true });
  void instance.exited.then(() => signal.removeEventListener('abort', stop));
  if (signal.aborted) stop();
}

interface HeldEvents {
  readonly isHeld: boolean;
  push(event: RunEvent): void;
  /** This event first, then what was held back, then whatever comes. */
  release(first: RunEvent): void;
}

function holdEvents(emit: EventSink): HeldEvents {
  let held: RunEvent[] | undefined = [];
  return {
    get isHeld() {
      return held !== undefined;
    },
    push(event) {
      if (held === undefined) emit(event);
      else held.push(event);
    },
    release(first) {
      const events = held ?? [];
      held = undefined;
      emit(first);
      for (const event of events) emit(event);
    },
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
