/** The templates of one cell: found in the cache, made from the cell's first guest, discarded. */
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { asStorageError } from '../../cache/storage-error.ts';
import { InfraError } from '../../errors.ts';
import type { GuestReason } from '../../events.ts';
import { GuestStopped } from '../../live-guest/bring-up.ts';
import { examineFailedStart, type FailedStart } from '../../live-guest/failed-start.ts';
import type { GuestStarter } from '../../live-guest/guest-starter.ts';
import type { LiveGuest } from '../../live-guest/live-guest.ts';
import type { BareFacts } from '../../live-guest/said-facts.ts';
import type { TemplateMachine, VmSpec } from '../../machine/machine.ts';
import { buildOf } from '../../matrix/cell.ts';
import type { PreparedCell, PreparedVm } from '../../prepare/prepare-cell.ts';
import { bringUpFirst } from './first-guest.ts';
import { saveGuest } from './save-guest.ts';
import { LOGS_FOLDER, readTemplate, type Template } from './template.ts';
import { templateKeys } from './template-keys.ts';
import { TemplateStore } from './template-store.ts';

export interface CellTemplatesOptions {
  readonly machine: TemplateMachine;
  readonly spec: VmSpec;
  readonly vm: PreparedVm;
  readonly prepared: PreparedCell;
  readonly starter: GuestStarter;
  readonly cacheRoot: string;
  /** The cell's folder in the run's reports: the saved guest's logs are copied there. */
  readonly folder: string;
  /** Takes one line for the people who read the report. */
  readonly note: (message: string) => void;
  /** Restored guests can be saved again, which takes longer. */
  readonly savesGuests?: boolean;
}

/** The outcome of making a template. */
export type MakeResult =
  /** The guest continues; absent: another process has made the template meanwhile. */
  | { readonly kind: 'made'; readonly guest?: LiveGuest }
  /** The first guest itself did not come up: that decides the test that asked for it. */
  | FailedStart
  /** Saving failed. The guest, if there is one, can be used. */
  | { readonly kind: 'not-made'; readonly why: string; readonly guest?: LiveGuest };

/** Disposing waits until what was saved is on the disk. */
export class CellTemplates implements AsyncDisposable {
  readonly #options: CellTemplatesOptions;
  readonly #store: TemplateStore;
  readonly #keys: ReturnType<typeof templateKeys>;
  #current: Template | undefined;
  /** We made it, and it has never been restored. */
  #isUnproven = false;

  constructor(options: CellTemplatesOptions) {
    this.#options = options;
    this.#store = new TemplateStore(options);
    this.#keys = templateKeys(options);
  }

  /** Whether there is a template, found or made, that guests can be restored from. */
  get isReady(): boolean {
    return this.#current !== undefined;
  }

  /** Looks for the cell's template in the cache. One that is damaged or cannot be read is discarded. */
  async find(): Promise<boolean> {
    if (this.#current !== undefined) return true;
    const entry = await this.#store.find(this.#keys.l2);
    if (entry === undefined) return false;
    await this.#use(entry);
    if (this.#current === undefined) await this.#store.discard(this.#keys.l2);
    return this.#current !== undefined;
  }

  /**
   * Starts the cell's first guest, brings it up and saves it twice on the way: when init is ready
   * (L1) and when its agent is healthy (L2). With an L1 in the cache it does not boot but continues
   * from it.
   * @param signal When aborted, the guest ends at once.
   */
  async make(reason: GuestReason, signal: AbortSignal): Promise<MakeResult> {
    await using claim = await this.#store.claim(this.#keys.l2);
    if (claim.kind === 'there') return { kind: 'made' };
    const options = { ...this.#options, store: this.#store, key: this.#keys.l1 };
    const guest = await bringUpFirst(options, reason, signal);
    if (guest.kind === 'failed') return guest;
    if (guest.kind === 'not-saved') return { kind: 'not-made', why: guest.why };
    try {
      const unsaved = await saveGuest(guest, { ...this.#describeL2(guest) }, claim.folder);
      if (unsaved !== undefined) return { kind: 'not-made', why: unsaved, guest };
      await this.#use(await this.#store.publish(this.#keys.l2, claim));
    } catch (error) {
      // A guest that does not continue, or a full disk: all that costs is speed.
      await guest.end();
      if (error instanceof InfraError) return { kind: 'not-made', why: error.message };
      throw error;
    }
    this.#isUnproven = true;
    return { kind: 'made', guest };
  }

  /**
   * Restores a guest from the template. Its events are held back until it is announced. The first
   * restored guest must report the same facts as the saved one.
   * @param signal When aborted, the guest ends at once.
   */
  async restore(signal: AbortSignal): Promise<LiveGuest | FailedStart> {
    if (this.#current === undefined) throw new Error('Expected a template that was found or made');
    const { machine, spec, starter, savesGuests = false } = this.#options;
    const { facts, probed, agentPid, bytesBefore, folder } = this.#current;
    const isUnproven = this.#isUnproven;
    const instance = savesGuests ? machine.branch(spec, folder) : machine.restore(spec, folder);
    const guest = await starter.start(instance, {
      ...{ origin: 'L2', bytesBefore, signal },
    });
    if (guest.kind === 'failed') return guest;
    try {
      await guest.resume({ facts, probed, agentPid });
      if (isUnproven) await checkFacts(guest, facts);
      this.#isUnproven = false;
      return guest;
    } catch (error) {
      return await examineFailedStart(guest, error);
    }
  }

  /** Removes a template that could not be restored: the next one is made from a boot. */
  async discard(): Promise<void> {
    this.#current = undefined;
    await this.#store.discard(this.#keys.l2);
    await this.#store.discard(this.#keys.l1);
    await rm(join(this.#options.folder, 'template'), { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
  }

  async #use(entry: string): Promise<void> {
    this.#current = await readTemplate(entry, 'L2');
    if (this.#current === undefined) return;
    const logs = join(this.#options.folder, 'template');
    await cp(join(entry, LOGS_FOLDER), logs, { recursive: true }).catch((error: unknown) => {
      throw asStorageError(error, logs);
    });
  }

  #describeL2({ facts, probed, agentPid }: LiveGuest) {
    const { cell } = this.#options.prepared;
    const { config, cgroup, agent } = cell;
    const kernel = buildOf(cell);
    const made = { level: 'L2', kernel, release: facts.release, config, cgroup, agent };
    return { facts, probed, agentPid, made };
  }
}

/** Rejects if a restored guest reports other facts than the saved one. */
async function checkFacts(guest: LiveGuest, expected: BareFacts): Promise<void> {
  const { cgroup, controllers } = guest.facts;
  const { facts: said } = await guest.probeFacts();
  const found = { ...said, cgroup, controllers };
  if (isDeepStrictEqual(found, expected)) return;
  throw new GuestStopped(`its facts are not those of the saved guest: ${JSON.stringify(found)}`);
}
