/** The first guest of a cell that has no template yet: brought up, and saved when init is ready (L1). */
import { InfraError } from '../../errors.ts';
import type { GuestReason } from '../../events.ts';
import { examineFailedStart, type FailedStart } from '../../live-guest/failed-start.ts';
import type { GuestStarter } from '../../live-guest/guest-starter.ts';
import type { LiveGuest } from '../../live-guest/live-guest.ts';
import type { BareFacts, SaidFacts } from '../../live-guest/said-facts.ts';
import type { TemplateMachine, VmSpec } from '../../machine/machine.ts';
import { buildOf } from '../../matrix/cell.ts';
import type { PreparedCell, PreparedVm } from '../../prepare/prepare-cell.ts';
import { describeFailure } from './describe-failure.ts';
import { saveGuest } from './save-guest.ts';
import { readTemplate, type Template } from './template.ts';
import type { TemplateStore } from './template-store.ts';

export interface FirstGuestOptions {
  readonly machine: TemplateMachine;
  readonly spec: VmSpec;
  readonly vm: PreparedVm;
  readonly prepared: PreparedCell;
  readonly starter: GuestStarter;
  readonly store: TemplateStore;
  /** Key of the L1. */
  readonly key: string;
  /** Takes one line for the people who read the report. */
  readonly note: (message: string) => void;
}

/** Saving failed, and the guest has ended. */
export interface NotSaved {
  readonly kind: 'not-saved';
  readonly why: string;
}

/**
 * With an L1 in the cache the guest continues from it. If that fails, in whatever way, a guest is
 * booted: only its failure is believed. If it comes up, the L1 is to blame and is discarded.
 * @param signal When aborted, the guest ends at once.
 */
export async function bringUpFirst(
  options: FirstGuestOptions,
  reason: GuestReason,
  signal: AbortSignal,
): Promise<LiveGuest | FailedStart | NotSaved> {
  const { store, key, note } = options;
  const entry = await store.find(key);
  const l1 = entry === undefined ? undefined : await readTemplate(entry, 'L1');
  if (l1 === undefined) return await bootFirst(options, reason, signal);
  const continued = await continueFrom(l1, options, reason, signal);
  if (continued.kind === 'live' || signal.aborted) return continued;
  await continued.guest?.end();
  const booted = await bootFirst(options, reason, signal);
  if (booted.kind === 'live') {
    note(`a saved guest could not be used: ${describeFailure(continued)}; another one is made`);
    await store.discard(key);
  }
  return booted;
}

async function continueFrom(
  { folder, facts, probed, bytesBefore }: Template<BareFacts>,
  { machine, spec, starter, prepared }: FirstGuestOptions,
  reason: GuestReason,
  signal: AbortSignal,
): Promise<LiveGuest | FailedStart> {
  const guest = await starter.start(machine.branch(spec, folder), {
    ...{ origin: 'L1', reason, signal, bytesBefore },
  });
  if (guest.kind === 'failed') return guest;
  try {
    await guest.resumeBare();
    await guest.addAgent({ facts, probed }, prepared.agentFiles);
    return guest;
  } catch (error) {
    return await examineFailedStart(guest, error);
  }
}

async function bootFirst(
  options: FirstGuestOptions,
  reason: GuestReason,
  signal: AbortSignal,
): Promise<LiveGuest | FailedStart | NotSaved> {
  const { machine, spec, vm, starter, prepared } = options;
  const guest = await starter.start(machine.boot({ ...spec, initramfs: vm.bare.initramfs }), {
    origin: 'boot',
    reason,
    signal,
  });
  if (guest.kind === 'failed') return guest;
  try {
    const said = await guest.boot();
    await saveL1(guest, said, options);
    await guest.addAgent(said, prepared.agentFiles);
    return guest;
  } catch (error) {
    // A failed save is no verdict on the guest.
    if (!(error instanceof InfraError && error.code === 'NOT_SAVED')) {
      return await examineFailedStart(guest, error);
    }
    await guest.end();
    return { kind: 'not-saved', why: error.message };
  }
}

/** If several cells get here at once, one saves its guest and the others continue. */
async function saveL1(
  guest: LiveGuest,
  said: SaidFacts,
  { prepared: { cell, kernel }, store, key }: FirstGuestOptions,
): Promise<void> {
  const made = { level: 'L1', kernel: buildOf(cell), release: kernel.release, config: cell.config };
  await using claim = await store.claim(key);
  if (claim.kind === 'there') return;
  const unsaved = await saveGuest(guest, { ...said, agentPid: 0, made }, claim.folder);
  if (unsaved === undefined) await store.publish(key, claim);
}
