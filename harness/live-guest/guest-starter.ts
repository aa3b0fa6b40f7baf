import { join } from 'node:path';
import { asStorageError } from '../cache/storage-error.ts';
import { InfraError } from '../errors.ts';
import type { EmitForCell, GuestOrigin, GuestReason } from '../events.ts';
import type { Instance } from '../machine/machine.ts';
import type { Limits } from '../matrix/matrix.ts';
import { omitUndefined } from '../omit-undefined.ts';
import type { GuestSetup } from './bring-up.ts';
import type { FailedStart } from './failed-start.ts';
import { GuestEvents } from './guest-events.ts';
import { LiveGuest, type PrintedOutput } from './live-guest.ts';
import type { StreamBytes } from './recorded-stream.ts';

export interface GuestStarterOptions {
  readonly setup: GuestSetup;
  readonly limits: Limits;
  /** The cell's folder in the run's reports: each guest gets one of its own in it. */
  readonly folder: string;
  readonly emit: EmitForCell;
  /** Aborted: every guest ends at once. */
  readonly signal: AbortSignal;
  /** How many guests the cell had before the run was resumed; their folders stay. */
  readonly guestsBefore: number;
  readonly onConfig?: (packed: Buffer) => void;
  /** Sees what guests print as it arrives. */
  readonly onOutput?: (printed: PrintedOutput) => void;
  /** How much of each stream a guest that starts now may record. Default: the limit. */
  readonly streamBytes?: () => number;
}

export interface StartOptions {
  readonly origin: GuestOrigin;
  readonly bytesBefore?: StreamBytes;
  /** Why a test needs it. Absent: none does yet; its events are held back until it is announced. */
  readonly reason?: GuestReason;
  /** Aborted: this guest ends at once. */
  readonly signal?: AbortSignal;
}

/**
 * Starts the guests of one cell. Each gets a number and a folder of its own.
 */
export class GuestStarter {
  readonly #options: GuestStarterOptions;
  #count: number;

  constructor(options: GuestStarterOptions) {
    this.#options = options;
    this.#count = options.guestsBefore;
  }

  /**
   * Resolves with the guest as soon as its machine runs; it has yet to be brought up.
   * @param machine A machine that is being started. If that fails, the start is a host fault.
   */
  async start(machine: Promise<Instance>, options: StartOptions): Promise<LiveGuest | FailedStart> {
    this.#count += 1;
    const number = this.#count;
    const startedMs = performance.now();
    const instance = await machine.catch(asInfraError);
    if (instance instanceof InfraError) return hostFault(number, instance);
    try {
      const guest = this.#watch(number, startedMs, instance, options);
      endOnAbort(guest, [this.#options.signal, options.signal]);
      return guest;
    } catch (error) {
      // None of its output could be recorded.
      await instance[Symbol.asyncDispose]();
      return hostFault(number, asInfraError(asStorageError(error, this.#options.folder)));
    }
  }

  #watch(
    number: number,
    startedMs: number,
    instance: Instance,
    { origin, bytesBefore, reason }: StartOptions,
  ): LiveGuest {
    const { setup, limits, emit, onConfig, onOutput } = this.#options;
    const { commandLine: command } = instance;
    const events = new GuestEvents(emit, { guest: number, from: origin, command });
    const guest = new LiveGuest({
      ...{ number, origin, instance, setup, limits, events, startedMs },
      streamBytes: this.#options.streamBytes?.() ?? limits.consoleBytes,
      ...omitUndefined({ bytesBefore, onConfig, onOutput }),
      folder: join(this.#options.folder, `guest-${number}`),
    });
    if (reason !== undefined) events.announce(reason);
    return guest;
  }
}

function endOnAbort(guest: LiveGuest, signals: readonly (AbortSignal | undefined)[]): void {
  const signal = AbortSignal.any(signals.filter((one) => one !== undefined));
  const end = (): void => void guest.end();
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  void guest.ended.then(() => signal.removeEventListener('abort', end));
}

function hostFault(number: number, error: InfraError): FailedStart {
  const evidence = { kind: 'host-fault', message: describe(error) } as const;
  return { kind: 'failed', number, evidence, error };
}

/** The first line that a failing program prints is usually the reason. */
function describe({ message, output }: InfraError): string {
  const why = output?.split('\n', 1)[0] ?? '';
  return why === '' ? message : `${message}: ${why}`;
}

function asInfraError(error: unknown): InfraError {
  if (error instanceof InfraError) return error;
  throw error;
}
