/**
 * Guests of a cell beside those of its tests, for an attendant that goes back to what was before a call.
 * They appear in no report.
 */

import { InfraError } from '../../errors.ts';
import type { EmitForCell } from '../../events.ts';
import type { GuestSetup } from '../../live-guest/bring-up.ts';
import { examineFailedStart, type FailedStart } from '../../live-guest/failed-start.ts';
import { GuestStarter } from '../../live-guest/guest-starter.ts';
import type { LiveGuest, PrintedOutput } from '../../live-guest/live-guest.ts';
import type { StreamBytes } from '../../live-guest/recorded-stream.ts';
import type { TemplateMachine, VmSpec } from '../../machine/machine.ts';
import type { Limits } from '../../matrix/matrix.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import type { AgentFiles } from '../../prepare/agent-files.ts';
import type { PreparedCell, PreparedVm } from '../../prepare/prepare-cell.ts';
import { bringUpFirst } from '../templates/first-guest.ts';
import { templateKeys } from '../templates/template-keys.ts';
import { TemplateStore } from '../templates/template-store.ts';

export interface OtherGuestsOptions {
  readonly machine: TemplateMachine;
  readonly spec: VmSpec;
  readonly vm: PreparedVm;
  readonly prepared: PreparedCell;
  readonly limits: Limits;
  readonly setup: GuestSetup;
  readonly cacheRoot: string;
  /** Takes one line for the people who read the report. */
  readonly note: (message: string) => void;
  readonly signal: AbortSignal;
}

/** A test's guest as `LiveGuest.save` has written it, with a connection to its agent. */
export interface SavedGuest {
  readonly folder: string;
  readonly bytesBefore: StreamBytes;
}

/** Who sees what such a guest does. */
export interface GuestWatcher {
  /** For its logs. */
  readonly folder: string;
  readonly emit: EmitForCell;
  readonly onOutput?: (printed: PrintedOutput) => void;
}

/** Whoever gets a guest ends it. A guest that does not come up is described like any other. */
export class OtherGuests {
  readonly #options: OtherGuestsOptions;

  constructor(options: OtherGuestsOptions) {
    this.#options = options;
  }

  /** Where the calls to its agent are the same. */
  get setup(): GuestSetup {
    return this.#options.setup;
  }

  /**
   * Continues from what was saved of a test's guest, as often as wanted.
   * @param original The guest that was saved.
   */
  async goBack(
    { folder, bytesBefore }: SavedGuest,
    { facts, probed, agentPid }: Pick<LiveGuest, 'facts' | 'probed' | 'agentPid'>,
    watcher: GuestWatcher,
  ): Promise<LiveGuest | FailedStart> {
    const { machine, spec, setup } = this.#options;
    const guest = await this.#starter(setup, watcher).start(machine.restore(spec, folder), {
      ...{ origin: 'L2', reason: 'retry', bytesBefore },
    });
    if (guest.kind === 'failed') return guest;
    try {
      await guest.resume({ facts, probed, agentPid }, true);
      return guest;
    } catch (error) {
      return await examineFailedStart(guest, error);
    }
  }

  /**
   * A guest with a healthy agent that nobody has called, from an L1.
   * @param agent Absent: the cell's.
   */
  async startAnew(
    agent: AgentFiles | undefined,
    watcher: GuestWatcher,
  ): Promise<LiveGuest | FailedStart> {
    const { machine, spec, vm, cacheRoot, note, signal } = this.#options;
    const { setup, prepared } = this.#with(agent);
    const starter = this.#starter(setup, watcher);
    await using store = new TemplateStore({ cacheRoot, note });
    const key = templateKeys({ machine, spec, vm, prepared }).l1;
    const parts = { machine, spec, vm, prepared, starter, store, key, note };
    const guest = await bringUpFirst(parts, 'retry', signal);
    if (guest.kind !== 'not-saved') return guest;
    throw new InfraError(guest.why, { code: 'NOT_SAVED' });
  }

  #with(agent: AgentFiles | undefined): { setup: GuestSetup; prepared: PreparedCell } {
    const { setup, prepared } = this.#options;
    if (agent === undefined) return { setup, prepared };
    return {
      setup: { ...setup, agent: agent.launch },
      prepared: { ...prepared, agentFiles: agent.entries, agent: agent.launch },
    };
  }

  #starter(setup: GuestSetup, { folder, emit, onOutput }: GuestWatcher): GuestStarter {
    const { limits, signal } = this.#options;
    return new GuestStarter({
      ...{ setup, limits, folder, emit, signal, guestsBefore: 0 },
      ...omitUndefined({ onOutput }),
    });
  }
}
