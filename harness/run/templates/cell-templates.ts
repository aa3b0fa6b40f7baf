/** The templates of one cell: found in the cache, made with the cell's first guest, discarded. */
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
  /** The cell's folder in the run's reports: what the saved guest printed is copied there. */
  readonly folder: string;
}

/** What came of making a template. */
export type MakeResult =
  /** The guest goes on; absent: another process has made the template meanwhile. */
  | { readonly kind: 'made'; readonly guest?: LiveGuest }
  /** The first guest itself did not come up: that is what a test of it comes to. */
  | FailedStart
  /** Saving failed, or restoring an L1. The guest, if there is one, is of use. */
  | { readonly kind: 'not-made'; readonly why: string; readonly guest?: LiveGuest };

export class CellTemplates {
  readonly #options: CellTemplatesOptions;
  readonly #keys: ReturnType<typeof templateKeys>;
  #current: Template | undefined;
  /** It was made by us and has never been restored. */
  #isUnproven = false;

  constructor(options: CellTemplatesOptions) {
    this.#options = options;
    this.#keys = templateKeys(options.machine, options.spec, options.prepared);
  }

  /** There is a template that guests can be restored from: it was found or made. */
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
   * The cell's first guest: started, brought up and saved on its way, when init is ready (L1) and when
   * its agent is healthy (L2). With an L1 in the cache it does not boot but goes on from there.
   * @param signal Aborted: the guest ends at once.
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
      // A guest that stands still, or a full disk: what is saved is a matter of speed only.
      await guest.end();
      if (error instanceof InfraError) return { kind: 'not-made', why: error.message };
      throw error;
    }
    this.#isUnproven = true;
    return { kind: 'made', guest };
  }

  /**
   * Another guest that goes on from the template. Its events are held back until it is announced. The
   * first one is asked whether it tells what the saved one told.
   * @param signal Aborted: the guest ends at once.
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

  /** For one that could not be restored: it will be made anew, from a boot. */
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

  /** Of several cells that come here at once one saves its guest, and the others go on. */
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

  /** What saving says of a guest is no word on it; what an L1 leads to may be the L1's fault. */
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

/** Asks a restored guest what the saved one was asked; rejects if it says something else. */
async function checkFacts(guest: LiveGuest, expected: BareFacts): Promise<void> {
  const { cgroup, controllers } = guest.facts;
  const found = { ...(await guest.probeFacts()), cgroup, controllers };
  if (isDeepStrictEqual(found, expected)) return;
  throw new GuestStopped(`once restored it tells other facts: ${JSON.stringify(found)}`);
}

/**
 * A crash of the guest is its own, wherever the guest came from, and so is an agent that ends;
 * anything else may be the template's.
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
