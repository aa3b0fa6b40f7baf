/**
 * The guests of one cell: by default each test has one of its own, restored from the cell's template
 * while the test before it ran. A guest that got a bad verdict is never used again.
 */
import { freemem } from 'node:os';
import { now } from '../../clock.ts';
import type { GuestFacts, GuestReason, TestId } from '../../events.ts';
import {
  createGuestStarts,
  type FailedStart,
  type GuestStartsOrder,
  type StartedGuest,
} from '../../live-guest/guest-starter.ts';
import type { GuestRun } from '../../live-guest/live-guest.ts';
import type { Machine } from '../../machine/machine.ts';
import type { Isolation } from '../../matrix/isolation.ts';
import type { Decision } from '../../verdict/decide.ts';
import { isGood, type Verdict } from '../../verdict/verdict.ts';
import { bootSpecOf } from '../templates/boot-spec.ts';
import { type CellTemplates, createCellTemplates } from '../templates/cell-templates.ts';
import { describeFailure, isGuestsOwn } from '../templates/template-making.ts';

export interface CellGuests extends AsyncDisposable {
  /** The number of the present guest, or of the last one. */
  readonly number: number;
  /** The guest that is up, if there is one. */
  readonly current: { readonly run: GuestRun; readonly facts: GuestFacts } | undefined;
  /** Sees that a guest is up that fits. What went wrong, if none came up. */
  ensure(wanted?: WantedGuest): Promise<Decision | undefined>;
  /** The verdict says whether the guest may serve another test; if not, it is ended. */
  afterTest(verdict: Verdict): Promise<void>;
  /** Ends the present guest, if there is one; the next one is a fresh one for that reason. */
  renew(reason: GuestReason): Promise<void>;
}

export interface WantedGuest {
  /** The test that will use it; absent: the guest stays unused. */
  readonly test?: TestId;
  /** One that was booted for this test, and neither restored nor used before. */
  readonly isBooted?: boolean;
  /** Another test will want a guest after this one. */
  readonly isMoreToCome?: boolean;
}

export interface CellGuestsOrder extends GuestStartsOrder {
  readonly machine: Machine;
  readonly isolation: Isolation;
  readonly cacheRoot: string;
  /** Told when the present guest can serve no call any more. */
  readonly onLost: (guest: number) => void;
}

/** A guest in use. */
interface Current extends StartedGuest {
  /** The test that it was last used by. */
  user?: TestId;
}

const MIB = 1024 * 1024;
/** A guest that waits for its test is only there if so many more would find memory. */
const SPARE_ROOM = 2;
/** Of one cell: a template that was made anew in vain costs more than boots do. */
const MAX_FAILED_RESTORES = 2;

export function createCellGuests(order: CellGuestsOrder): CellGuests {
  const { prepared, limits, machine, emit } = order;
  const starts = createGuestStarts(order);
  const spec = bootSpecOf(prepared, limits);
  let templates: CellTemplates | undefined =
    machine.templates === undefined
      ? undefined
      : createCellTemplates({ ...order, machine: machine.templates, spec, starts });
  let number = order.guestsBefore;
  let reason: GuestReason = number === 0 ? 'first' : 'resumed';
  let current: Current | undefined;
  let spare: Promise<StartedGuest | FailedStart | undefined> | undefined;
  let failedRestores = 0;
  const ending = new Set<Promise<void>>();

  /** Nobody waits for a guest's end but whoever ends the cell. */
  function endSoon(guest: StartedGuest): void {
    const ended = guest.end().finally(() => ending.delete(ended));
    ending.add(ended);
  }

  function bootReal(): Promise<StartedGuest | FailedStart> {
    const boot = () => machine.boot(spec);
    return starts.start({ arrival: { from: 'boot' }, reason, instance: boot });
  }

  /** From the template as long as there is one; else from a boot. */
  async function next(): Promise<StartedGuest | FailedStart> {
    for (let source = templates; source !== undefined; source = templates) {
      const found = await source.get(reason);
      if ('why' in found) giveUpTemplates(found.why);
      if (found.guest !== undefined) return found.guest;
      if ('decision' in found) return found;
      if ('why' in found) break;
      const restored = await takeRestored(source);
      if ('run' in restored || isGuestsOwn(restored) || order.signal.aborted) return restored;
      await source.discard();
      const why = `a saved guest could not be restored: ${describeFailure(restored)}`;
      failedRestores += 1;
      if (failedRestores < MAX_FAILED_RESTORES) note(`${why}; it is made anew`);
      else giveUpTemplates(why);
    }
    return await bootReal();
  }

  /** The guest that waits, if there is one and it lives. */
  async function takeRestored(source: CellTemplates): Promise<StartedGuest | FailedStart> {
    const waiting = await spare;
    spare = undefined;
    // One that died while it waited may have been killed from outside: another one will tell.
    const isUsable = waiting !== undefined && 'run' in waiting && !waiting.run.isLost;
    if (waiting !== undefined && 'run' in waiting && !isUsable) endSoon(waiting);
    const restored = isUsable ? waiting : await source.restore();
    if ('run' in restored) restored.announce(reason);
    return restored;
  }

  /** A guest for the next test; undefined if there is to be none. */
  async function startSpare(): Promise<StartedGuest | FailedStart | undefined> {
    if (templates?.isReady !== true || order.isolation === 'cell') return undefined;
    if (freemem() < SPARE_ROOM * limits.memoryMib * MIB) return undefined;
    return await templates.restore();
  }

  function giveUpTemplates(why: string): void {
    note(`guests are booted and not restored: ${why}`);
    templates = undefined;
  }

  function note(message: string): void {
    emit({ type: 'note', time: now(), cell: prepared.cell.id, message });
  }

  function fits(guest: Current, { test, isBooted = false }: WantedGuest): boolean {
    const { user } = guest;
    if (isBooted) return guest.from === 'boot' && user === undefined;
    if (test === undefined || user === undefined || order.isolation === 'cell') return true;
    return order.isolation === 'file' && user.file === test.file;
  }

  async function ensure(wanted: WantedGuest = {}): Promise<Decision | undefined> {
    if (current !== undefined && !fits(current, wanted)) {
      await renew(wanted.isBooted === true ? 'boot' : 'isolation');
    }
    if (current === undefined) {
      const started = wanted.isBooted === true ? await bootReal() : await next();
      if ('decision' in started) {
        number = started.number;
        reason = `after-${started.decision.verdict}`;
        return started.decision;
      }
      current = { ...started };
      number = started.number;
      void started.run.lost.then(() => order.onLost(started.number));
    }
    if (wanted.test !== undefined) current.user = wanted.test;
    if (wanted.isMoreToCome === true) spare ??= startSpare();
    return undefined;
  }

  async function renew(why: GuestReason): Promise<void> {
    if (current === undefined) return;
    endSoon(current);
    current = undefined;
    reason = why;
  }

  return {
    get number() {
      return number;
    },
    get current() {
      return current;
    },
    ensure,
    async afterTest(verdict) {
      if (!isGood(verdict)) await renew(`after-${verdict}`);
      else if (order.isolation === 'test' && current?.user !== undefined) await renew('isolation');
    },
    renew,
    async [Symbol.asyncDispose]() {
      if (current !== undefined) endSoon(current);
      current = undefined;
      const waiting = await spare;
      if (waiting !== undefined && 'run' in waiting) endSoon(waiting);
      await Promise.all(ending);
    },
  };
}
