/** The template of one cell: found in the cache, or made with the cell's first guest. */
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cachedEntryIf, discardEntry, findEntry } from '../../cache/cached-entry.ts';
import { digestOf, shortDigest } from '../../cache/digest.ts';
import { InfraError } from '../../errors.ts';
import type { GuestReason } from '../../events.ts';
import type { BareFacts } from '../../live-guest/bring-up.ts';
import type { FailedStart, StartedGuest } from '../../live-guest/guest-starter.ts';
import type { GuestRun } from '../../live-guest/live-guest.ts';
import type { Limits } from '../../matrix/matrix.ts';
import type { PreparedCell } from '../../prepare/prepare-cell.ts';
import { LOGS_FOLDER, readTemplate, type Template } from './template.ts';
import {
  bootGuest,
  branchGuest,
  type Making,
  saveGuest,
  type Unmade,
  verifyFacts,
} from './template-making.ts';

export interface CellTemplatesOrder extends Making {
  readonly cacheRoot: string;
  /** The cell's folder in the run's reports: what the saved guest printed is copied there. */
  readonly folder: string;
  readonly limits: Limits;
}

/** What came of looking for a template. A guest that was started for it is up and to be used. */
export type Found = ({ readonly template: Template } | Unmade) & { readonly guest?: StartedGuest };

export interface CellTemplates {
  /** @param reason Of the guest that is started if there is no template yet. */
  get(reason: GuestReason): Promise<Found>;
  /** There is one that was got before. */
  readonly isReady: boolean;
  /**
   * Another guest that goes on from the template that was got, not announced. The first one is asked
   * whether it tells what the saved one told.
   */
  restore(): Promise<StartedGuest | FailedStart>;
  /** For one that could not be restored: it will be made anew, from a boot. */
  discard(): Promise<void>;
}

/** Changes when templates are made in another way. */
const FORMAT = 1;

export function createCellTemplates(order: CellTemplatesOrder): CellTemplates {
  const { cacheRoot, folder, prepared } = order;
  const keys = keysOf(order);
  let current: Template | undefined;
  /** It was never restored. */
  let isNew = false;

  async function get(reason: GuestReason): Promise<Found> {
    if (current !== undefined) return { template: current };
    const made = await findOrMake(reason);
    const { guest } = made;
    const up = guest === undefined ? {} : { guest };
    if ('unmade' in made) return { ...made.unmade, ...up };
    const template = await readTemplate(made.entry, 'L2');
    if (template === undefined) return { why: `${made.entry} holds no template`, ...up };
    await cp(join(made.entry, LOGS_FOLDER), join(folder, 'template'), { recursive: true });
    current = template;
    isNew = guest !== undefined;
    return { template, ...up };
  }

  async function restore(): Promise<StartedGuest | FailedStart> {
    if (current === undefined) throw new Error('Expected a template that was got before');
    const { facts, agentPid, bytesBefore, folder: saved } = current;
    const isFirst = isNew;
    return await order.starts.start({
      arrival: { from: 'L2', facts, agentPid },
      bytesBefore,
      instance: () => order.machine.restore(order.spec, saved),
      async bringUp(run) {
        const up = await run.start();
        if (isFirst) await verifyFacts(run, facts, order.limits.callTimeoutMs);
        isNew = false;
        return up;
      },
    });
  }

  /** The guest is there if one was started, and is of use. */
  async function findOrMake(
    reason: GuestReason,
  ): Promise<({ entry: string } | { unmade: Unmade }) & { guest?: StartedGuest }> {
    const there = await findEntry(cacheRoot, keys.l2);
    if (there !== undefined) return { entry: there };
    let started: StartedGuest | Unmade | undefined;
    let unmade: Unmade | undefined;
    try {
      const entry = await cachedEntryIf(cacheRoot, keys.l2, async (at) => {
        started = await startSavable(reason);
        unmade = 'run' in started ? await saveL2(started, at) : started;
        return unmade === undefined;
      });
      const guest = started !== undefined && 'run' in started ? { guest: started } : {};
      if (entry !== undefined) return { entry, ...guest };
      return { unmade: unmade ?? { why: 'it was not made' }, ...guest };
    } catch (error) {
      // A guest that stands still, or a full disk: what is saved is a matter of speed only.
      if (started !== undefined && 'run' in started) await started.end();
      if (error instanceof InfraError) return { unmade: { why: error.message } };
      throw error;
    }
  }

  async function startSavable(reason: GuestReason): Promise<StartedGuest | Unmade> {
    const entry = await findEntry(cacheRoot, keys.l1);
    const base = entry === undefined ? undefined : await readTemplate(entry, 'L1');
    if (entry === undefined || base === undefined) return await bootGuest(order, reason, saveL1);
    return await branchGuest(order, reason, base);
  }

  /** Of several cells that come here at once one saves its guest, and the others go on. */
  async function saveL1(run: GuestRun, logs: string, facts: BareFacts): Promise<void> {
    const { cell, kernel } = prepared;
    const made = { level: 'L1', kernel: cell.kernel, release: kernel.release, config: cell.config };
    await cachedEntryIf(cacheRoot, keys.l1, async (at) => {
      const unmade = await saveGuest(run, { facts, agentPid: 0, made }, logs, at);
      return unmade === undefined;
    });
  }

  async function saveL2(guest: StartedGuest, at: string): Promise<Unmade | undefined> {
    const { run, facts, agentPid, folder: logs } = guest;
    const { kernel, config, cgroup, agent } = prepared.cell;
    const made = { level: 'L2', kernel, release: facts.release, config, cgroup, agent };
    return await saveGuest(run, { facts, agentPid, made }, logs, at);
  }

  return {
    get,
    get isReady() {
      return current !== undefined;
    },
    restore,
    async discard() {
      current = undefined;
      await discardEntry(cacheRoot, keys.l2);
      await discardEntry(cacheRoot, keys.l1);
      await rm(join(folder, 'template'), { recursive: true, force: true });
    },
  };
}

/** Keys hold everything that a saved guest is made from: another input is another template. */
function keysOf({ machine, spec, prepared }: Making): { l1: string; l2: string } {
  const { cell, bare, agentFiles, agent, leaveUnmounted, kernel } = prepared;
  const l1 = digestOf(JSON.stringify([FORMAT, machine.identity(spec), bare.digest]));
  const l2 = digestOf(
    JSON.stringify([l1, cell.cgroup, leaveUnmounted, identify(agentFiles), agent]),
  );
  const name = kernel.release.replaceAll(/[^\w.+-]/g, '_');
  return {
    l1: `templates/${name}-L1-${shortDigest(l1)}`,
    l2: `templates/${name}-L2-${shortDigest(l2)}`,
  };
}

function identify(files: PreparedCell['agentFiles']): unknown {
  return files.map((entry) =>
    entry.kind === 'file' ? [entry.path, entry.mode, digestOf(entry.content)] : entry,
  );
}
