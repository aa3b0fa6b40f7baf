/** The templates of one cell: found in the cache, made from the cell's first guest, discarded. */
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { claimEntry, discardEntry, findEntry } from '../../cache/cached-entry.ts';
import { InfraError } from '../../errors.ts';
import type { GuestReason } from '../../events.ts';
import { type BareFacts, GuestStopped } from '../../live-guest/bring-up.ts';
import { examineFailedStart, type FailedStart } from '../../live-guest/failed-start.ts';
import type { GuestStarter } from '../../live-guest/guest-starter.ts';
import type { LiveGuest } from '../../live-guest/live-guest.ts';
import type { BootSpec, TemplateMachine } from '../../machine/machine.ts';
import type { PreparedCell } from '../../prepare/prepare-cell.ts';
import { decideVerdict } from '../../verdict/decide.ts';
import { saveGuest } from './save-guest.ts';
import { LOGS_FOLDER, readTemplate, type Template } from './template.ts';
import { templateKeys } from './template-keys.ts';

export interface CellTemplatesOptions {
  readonly machine: TemplateMachine;
  readonly spec: BootSpec;
  readonly prepared: PreparedCell;
  readonly starter: GuestStarter;
  readonly cacheRoot: string;
  /** The cell's folder in the run's reports: the saved guest's logs are copied there. */
  readonly folder: string;
}

/** The outcome of making a template. */
export type MakeResult =
  /** The guest continues; absent: another process has made the template meanwhile. */
  | { readonly kind: 'made'; readonly guest?: LiveGuest }
  /** The first guest itself did not come up: that decides the test that asked for it. */
  | FailedStart
  /** Saving failed, or continuing from an L1. The guest, if there is one, can be used. */
  | { readonly kind: 'not-made'; readonly why: string; readonly guest?: LiveGuest };

export class CellTemplates {
  readonly #options: CellTemplatesOptions;
  readonly #keys: ReturnType<typeof templateKeys>;
  #current: Template | undefined;
  /** We made it, and it has never been restored. */
  #isUnproven = false;

  constructor(options: CellTemplatesOptions) {
    this.#options = options;
    this.#keys = templateKeys(options.machine, options.spec, options.prepared);
  }

  /** Whether there is a template, found or made, that guests can be restored from. */
  get isReady(): boolean {
    return this.#current !== undefined;
  }

  /** Looks for the cell's template in the cache. One that cannot be read is discarded. */
  async find(): Promise<boolean> {
    if (this.#current !== undefined) return true;
    const entry = await findEntry(this.#options.cacheRoot, this.#keys.l2);
    if (entry === undefined) return false;
    await this.#use(entry);
    if (this.#current === undefined) await discardEntry(this.#options.cacheRoot, this.#keys.l2);
    return this.#current !== undefined;
  }

  /**
   * Starts the cell's first guest, brings it up and saves it twice on the way: when init is ready
   * (L1) and when its agent is healthy (L2). With an L1 in the cache it does not boot but continues
   * from it.
   * @param signal When aborted, the guest ends at once.
   */
  async make(reason: GuestReason, signal: AbortSignal): Promise<MakeResult> {
    const { machine, spec, prepared, starter, cacheRoot } = this.#options;
    await using claim = await claimEntry(cacheRoot, this.#keys.l2);
    if (claim.kind === 'there') return { kind: 'made' };
    const l1 = await this.#findL1();
    const started =
      l1 === undefined
        ? await starter.start(machine.boot({ ...spec, initramfs: prepared.bare.initramfs }), {
            ...{ origin: 'boot', reason, signal },
          })
        : await starter.start(machine.branch(spec, l1.folder), {
            ...{ origin: 'L1', reason, signal, bytesBefore: l1.bytesBefore },
          });
    if (started.kind === 'failed') return l1 === undefined ? started : notMade(started);
    const guest = started;
    try {
      const bare = l1?.facts ?? (await guest.boot());
      await (l1 === undefined ? this.#saveL1(guest, bare) : guest.resumeBare());
      await guest.addAgent(bare, prepared.agentFiles);
    } catch (error) {
      return await this.#failedToMake(guest, error, l1 !== undefined);
    }
    try {
      const unsaved = await saveGuest(guest, { ...this.#describeL2(guest) }, claim.folder);
      if (unsaved !== undefined) return { kind: 'not-made', why: unsaved, guest };
      await this.#use(await claim.publish());
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
    const { machine, spec, starter } = this.#options;
    const { facts, agentPid, bytesBefore, folder } = this.#current;
    const isUnproven = this.#isUnproven;
    const guest = await starter.start(machine.restore(spec, folder), {
      ...{ origin: 'L2', bytesBefore, signal },
    });
    if (guest.kind === 'failed') return guest;
    try {
      await guest.resume(facts, agentPid);
      if (isUnproven) await checkFacts(guest, facts);
      this.#isUnproven = false;
      return guest;
    } catch (error) {
      return await examineFailedStart(guest, error);
    }
  }

  /** Removes a template that could not be restored: the next one is made from a boot. */
  async discard(): Promise<void> {
    const { cacheRoot, folder } = this.#options;
    this.#current = undefined;
    await discardEntry(cacheRoot, this.#keys.l2);
    await discardEntry(cacheRoot, this.#keys.l1);
    await rm(join(folder, 'template'), { recursive: true, force: true });
  }

  async #use(entry: string): Promise<void> {
    this.#current = await readTemplate(entry, 'L2');
    if (this.#current === undefined) return;
    const logs = join(this.#options.folder, 'template');
    await cp(join(entry, LOGS_FOLDER), logs, { recursive: true });
  }

  async #findL1(): Promise<Template<BareFacts> | undefined> {
    const entry = await findEntry(this.#options.cacheRoot, this.#keys.l1);
    return entry === undefined ? undefined : await readTemplate(entry, 'L1');
  }

  /** If several cells get here at once, one saves its guest and the others continue. */
  async #saveL1(guest: LiveGuest, facts: BareFacts): Promise<void> {
    const { cell, kernel } = this.#options.prepared;
    const made = { level: 'L1', kernel: cell.kernel, release: kernel.release, config: cell.config };
    await using claim = await claimEntry(this.#options.cacheRoot, this.#keys.l1);
    if (claim.kind === 'there') return;
    const unsaved = await saveGuest(guest, { facts, agentPid: 0, made }, claim.folder);
    if (unsaved === undefined) await claim.publish();
  }

  #describeL2({ facts, agentPid }: LiveGuest) {
    const { kernel, config, cgroup, agent } = this.#options.prepared.cell;
    const made = { level: 'L2', kernel, release: facts.release, config, cgroup, agent };
    return { facts, agentPid, made };
  }

  /** A failed save is no verdict on the guest, and what follows an L1 may be the L1's fault. */
  async #failedToMake(guest: LiveGuest, error: unknown, isBranch: boolean): Promise<MakeResult> {
    if (error instanceof InfraError && error.code === 'NOT_SAVED') {
      await guest.end();
      return { kind: 'not-made', why: error.message };
    }
    const failed = await examineFailedStart(guest, error);
    if (!isBranch || isGuestsOwn(failed)) return failed;
    await guest.end();
    return notMade(failed);
  }
}

function notMade(failed: FailedStart): MakeResult {
  return { kind: 'not-made', why: describeFailure(failed) };
}

/** Rejects if a restored guest reports other facts than the saved one. */
async function checkFacts(guest: LiveGuest, expected: BareFacts): Promise<void> {
  const { cgroup, controllers } = guest.facts;
  const found = { ...(await guest.probeFacts()), cgroup, controllers };
  if (isDeepStrictEqual(found, expected)) return;
  throw new GuestStopped(`its facts are not those of the saved guest: ${JSON.stringify(found)}`);
}

/**
 * Whether the guest itself is at fault: it is if it crashed or its agent ended, wherever it came
 * from; anything else may be the template's fault.
 */
export function isGuestsOwn({ evidence }: FailedStart): boolean {
  if (evidence.kind === 'observed' && evidence.agentEnd !== undefined) return true;
  const { verdict } = decideVerdict(evidence);
  return ['kernel-panic', 'kernel-oops', 'agent-panic'].includes(verdict);
}

export function describeFailure({ evidence }: FailedStart): string {
  const { detail, verdict } = decideVerdict(evidence);
  return detail?.message ?? verdict;
}
