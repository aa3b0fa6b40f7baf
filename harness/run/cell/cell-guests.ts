/**
 * The guests of one cell: by default each test gets its own, restored from the cell's template
 * while the previous test runs. A guest whose test got a bad verdict is never used again.
 */
import { freemem } from 'node:os';
import { InfraError } from '../../errors.ts';
import type { GuestReason, TestId } from '../../events.ts';
import { bootSpecOf, vmSpecOf } from '../../live-guest/boot-spec.ts';
import { examineFailedStart, type FailedStart } from '../../live-guest/failed-start.ts';
import { GuestStarter, type GuestStarterOptions } from '../../live-guest/guest-starter.ts';
import type { LiveGuest } from '../../live-guest/live-guest.ts';
import type { BootSpec, Machine } from '../../machine/machine.ts';
import type { Isolation } from '../../matrix/isolation.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import type { PreparedCell } from '../../prepare/prepare-cell.ts';
import { decideVerdict } from '../../verdict/decide.ts';
import { isGood, type Verdict } from '../../verdict/verdict.ts';
import { CellTemplates } from '../templates/cell-templates.ts';
import { describeFailure } from '../templates/describe-failure.ts';
import { GuestLease } from './guest-lease.ts';
import type { LogBudget } from './log-budget.ts';
import { OtherGuests } from './other-guests.ts';

export interface WantedGuest {
  /** The test that will use it; absent: the guest stays unused. */
  readonly test?: TestId;
  /** It must be booted for this test, and neither restored nor used before. */
  readonly isBooted?: boolean;
  /** How many tests will need a guest after this one. */
  readonly testsToCome?: number;
}

export interface CellGuestsOptions extends GuestStarterOptions {
  readonly prepared: PreparedCell;
  readonly logBudget: LogBudget;
  readonly machine: Machine;
  readonly isolation: Isolation;
  readonly cacheRoot: string;
  /** Guests of tests can be saved: see `TestAttendant`. */
  readonly savesGuests?: boolean;
}

interface CurrentGuest {
  readonly guest: LiveGuest;
  /** The test that used it last. */
  user: TestId | undefined;
}

/** A guest that is started in advance: restored, or booted where that is as quick. */
interface Spare {
  readonly controller: AbortController;
  readonly started: Promise<LiveGuest | FailedStart>;
}

const MIB = 1024 * 1024;
/** A spare guest is only restored while there is memory for this many more guests. */
const SPARE_ROOM = 2;
/** Per cell: making templates that cannot be restored costs more than booting. */
const MAX_FAILED_RESTORES = 2;

export class CellGuests implements AsyncDisposable {
  readonly #options: CellGuestsOptions;
  readonly #starter: GuestStarter;
  readonly #spec: BootSpec;
  /** What only the end of the cell waits for. */
  readonly #ending = new Set<Promise<unknown>>();
  readonly #errors: unknown[] = [];
  #templates: CellTemplates | undefined;
  readonly #others: OtherGuests | undefined;
  #failedRestores = 0;
  /** Why guests are booted from now on; noted once one has come up. */
  #whyBooted: string | undefined;
  #reason: GuestReason;
  #lease: GuestLease | undefined;
  #current: CurrentGuest | undefined;
  /** In the order in which they are used. */
  readonly #spares: Spare[] = [];

  constructor(options: CellGuestsOptions) {
    const { prepared, limits, machine, cacheRoot, folder } = options;
    this.#options = options;
    const streamBytes = () => options.logBudget.streamBytes(limits.consoleBytes);
    this.#starter = new GuestStarter({ ...options, streamBytes });
    this.#spec = bootSpecOf(prepared, limits);
    this.#reason = options.guestsBefore === 0 ? 'first' : 'resumed';
    const { boot } = prepared;
    if (machine.templates === undefined || boot.kind !== 'vm') return;
    if (boot.share !== undefined) {
      this.#whyBooted = 'a folder of this host is shared with them, which no saved guest has';
      return;
    }
    const spec = vmSpecOf(boot, limits);
    const parts = {
      ...{ machine: machine.templates, spec, vm: boot, prepared, cacheRoot },
      note: (message: string) => this.#note(message),
    };
    this.#templates = new CellTemplates({
      ...{ ...parts, starter: this.#starter, folder },
      ...omitUndefined({ savesGuests: options.savesGuests }),
    });
    this.#others = new OtherGuests({
      ...parts,
      limits,
      setup: options.setup,
      signal: options.signal,
    });
  }

  /** Absent where guests cannot be saved. */
  get others(): OtherGuests | undefined {
    return this.#others;
  }

  /**
   * Leases a suitable guest, the current or a fresh one. The last lease must have been released.
   */
  lease(wanted: WantedGuest = {}): GuestLease {
    if (this.#lease !== undefined) throw new Error('Expected the last lease to be released');
    const controller = new AbortController();
    const started = this.#obtain(wanted, controller.signal).catch(asFailedStart);
    const lease = new GuestLease(started, controller);
    this.#lease = lease;
    this.#waitAtEnd(
      lease.started.catch((error: unknown) => {
        // Whoever waits for the lease gets the error; nobody waits for a cancelled one.
        if (lease.isCancelled) throw error;
      }),
    );
    return lease;
  }

  /**
   * Call it when the lease's test has ended.
   * @param verdict Whether it is good decides whether the guest may serve another test or is ended.
   */
  release(lease: GuestLease, verdict: Verdict): void {
    if (this.#lease !== lease) throw new Error('Expected the lease to be the current one');
    this.#lease = undefined;
    const isPending = lease.outcome === undefined;
    if (isPending) {
      lease.cancel();
      this.#reason = `after-${verdict}`;
    }
    const isUsed = this.#current?.user !== undefined;
    if (isPending || !isGood(verdict)) this.retire(`after-${verdict}`);
    else if (this.#options.isolation === 'test' && isUsed) this.retire('isolation');
  }

  /** Ends the current guest, if there is one; the next one will be a fresh one, for that reason. */
  retire(reason: GuestReason): void {
    if (this.#current === undefined) return;
    const { guest } = this.#current;
    this.#waitAtEnd(guest.end());
    this.#countLogs(guest, !reason.startsWith('after-'));
    this.#current = undefined;
    this.#reason = reason;
  }

  #countLogs(guest: LiveGuest, isGood: boolean): void {
    const { folder } = guest;
    const count = (): void =>
      this.#options.logBudget.add({ folder, bytes: guest.recordedBytes }, isGood);
    this.#waitAtEnd(guest.ended.then(count));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#lease?.cancel();
    this.retire('isolation');
    for (const spare of this.#spares.splice(0)) this.#discard(spare);
    if (this.#templates !== undefined) this.#waitAtEnd(this.#templates[Symbol.asyncDispose]());
    while (this.#ending.size > 0) await Promise.allSettled(this.#ending);
    const [error] = this.#errors;
    if (error !== undefined) throw error;
  }

  async #obtain(wanted: WantedGuest, signal: AbortSignal): Promise<LiveGuest | FailedStart> {
    const { test, isBooted = false, testsToCome = 0 } = wanted;
    if (this.#current !== undefined && !this.#fits(this.#current, wanted)) {
      this.retire(isBooted ? 'boot' : 'isolation');
    }
    if (this.#current === undefined) {
      const reason = this.#reason;
      const started = isBooted
        ? await this.#boot(reason, signal)
        : await this.#startNext(reason, signal);
      // Nobody waits for it any more, and the next test must not get it.
      if (signal.aborted) return await this.#abandon(started);
      if (started.kind === 'failed') {
        if (started.guest !== undefined) this.#countLogs(started.guest, false);
        this.#reason = `after-${decideVerdict(started.evidence).verdict}`;
        return started;
      }
      this.#noteWhyBooted();
      this.#current = { guest: started, user: undefined };
    }
    const { guest } = this.#current;
    if (test !== undefined) this.#current.user = test;
    this.#startSpares(testsToCome);
    return guest;
  }

  #fits({ guest, user }: CurrentGuest, { test, isBooted = false }: WantedGuest): boolean {
    if (isBooted) return guest.origin === 'boot' && user === undefined;
    const { isolation } = this.#options;
    if (test === undefined || user === undefined || isolation === 'cell') return true;
    return isolation === 'file' && user.file === test.file;
  }

  /**
   * Restores a guest from the template if there is one; else boots it. If a restored guest does not
   * come up, even if it crashes, the template may be to blame: only a booted guest is believed.
   */
  async #startNext(reason: GuestReason, signal: AbortSignal): Promise<LiveGuest | FailedStart> {
    if (this.#isAborted) return notStarted(0, 'the run was interrupted');
    for (let templates = this.#templates; templates !== undefined; templates = this.#templates) {
      if (!(await templates.find())) {
        const made = await templates.make(reason, signal);
        if (made.kind === 'failed') return made;
        if (made.kind === 'not-made') this.#giveUpTemplates(made.why);
        if (made.guest !== undefined) return made.guest;
        continue;
      }
      const restored = (await this.#useSpare()) ?? (await templates.restore(signal));
      if (restored.kind === 'live') restored.announce(reason);
      if (restored.kind === 'live' || signal.aborted || this.#isAborted) return restored;
      await this.#giveUpRestore(templates, restored);
    }
    const spare = await this.#useSpare();
    if (spare?.kind === 'live') spare.announce(reason);
    return spare ?? (await this.#boot(reason, signal));
  }

  async #boot(reason: GuestReason, signal: AbortSignal): Promise<LiveGuest | FailedStart> {
    return await this.#bootUnannounced(signal, reason);
  }

  /** @param reason Absent: no test needs it yet. */
  async #bootUnannounced(
    signal: AbortSignal,
    reason?: GuestReason,
  ): Promise<LiveGuest | FailedStart> {
    if (this.#isAborted || signal.aborted) return notStarted(0, 'the run was interrupted');
    const machine = this.#options.machine.boot(this.#spec);
    const guest = await this.#starter.start(machine, {
      ...{ origin: 'boot', signal },
      ...omitUndefined({ reason }),
    });
    if (guest.kind === 'failed') return guest;
    try {
      await guest.addAgent(await guest.boot(), []);
      return guest;
    } catch (error) {
      return await examineFailedStart(guest, error);
    }
  }

  async #giveUpRestore(templates: CellTemplates, failed: FailedStart): Promise<void> {
    await failed.guest?.end();
    await templates.discard();
    const why = `a saved guest could not be restored: ${describeFailure(failed)}`;
    this.#failedRestores += 1;
    if (this.#failedRestores < MAX_FAILED_RESTORES) this.#note(`${why}; another one is made`);
    else this.#giveUpTemplates(why);
  }

  #giveUpTemplates(why: string): void {
    if (this.#templates !== undefined) this.#waitAtEnd(this.#templates[Symbol.asyncDispose]());
    this.#templates = undefined;
    this.#whyBooted = why;
  }

  /** Not called for a guest that does not come up when booted either: its own verdict says why. */
  #noteWhyBooted(): void {
    if (this.#whyBooted === undefined) return;
    this.#note(`guests are booted and not restored: ${this.#whyBooted}`);
    this.#whyBooted = undefined;
  }

  #note(message: string): void {
    this.#options.emit({ type: 'note', message });
  }

  /** Guests for the next tests, as many as the machine has ahead and memory allows. */
  #startSpares(testsToCome: number): void {
    const { isolation, limits, machine } = this.#options;
    if (isolation === 'cell' || this.#isAborted) return;
    const templates = this.#templates;
    const isRestored = templates?.isReady === true;
    const ahead = Math.min(isRestored ? 1 : (machine.sparesAhead ?? 0), testsToCome);
    while (this.#spares.length < ahead && freemem() >= SPARE_ROOM * limits.memoryMib * MIB) {
      const controller = new AbortController();
      const { signal } = controller;
      const started = isRestored ? templates.restore(signal) : this.#bootUnannounced(signal);
      started.catch(() => {});
      this.#spares.push({ controller, started });
    }
  }

  /** The next spare guest, if there is one and it is alive. If it failed, the next one will show why. */
  async #useSpare(): Promise<LiveGuest | FailedStart | undefined> {
    const spare = this.#spares.shift();
    if (spare === undefined) return undefined;
    const guest = await spare.started;
    if (guest.kind === 'live' && !guest.isLost) return guest;
    this.#discard(spare);
    return undefined;
  }

  #discard({ controller, started }: Spare): void {
    controller.abort();
    this.#waitAtEnd(
      started.then((outcome) => (outcome.kind === 'live' ? outcome : outcome.guest)?.end()),
    );
  }

  async #abandon(started: LiveGuest | FailedStart): Promise<FailedStart> {
    const guest = started.kind === 'live' ? started : started.guest;
    await guest?.end();
    return notStarted(started.number, 'its test ended before it came up');
  }

  get #isAborted(): boolean {
    return this.#options.signal.aborted;
  }

  #waitAtEnd(promise: Promise<unknown>): void {
    this.#ending.add(promise);
    promise
      .catch((error: unknown) => this.#errors.push(error))
      .finally(() => this.#ending.delete(promise));
  }
}

function notStarted(number: number, message: string): FailedStart {
  return { kind: 'failed', number, evidence: { kind: 'host-fault', message }, error: undefined };
}

/** What the host could not do on the way to a guest, a full disk for instance. */
function asFailedStart(error: unknown): FailedStart {
  if (error instanceof InfraError) return notStarted(0, error.message);
  throw error;
}
