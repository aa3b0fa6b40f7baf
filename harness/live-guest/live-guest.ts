import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGuest, type Guest } from '../channel/guest.ts';
import { type GuestChannel, openGuestChannel } from '../channel/guest-channel.ts';
import type { GuestFacts, GuestOrigin, GuestReason } from '../events.ts';
import type { FileEntry } from '../file-entry.ts';
import type { ProbedFacts } from '../guest-facts.ts';
import type { Instance, SavableInstance } from '../machine/machine.ts';
import type { Limits } from '../matrix/matrix.ts';
import { omitUndefined } from '../omit-undefined.ts';
import type { AgentLaunch } from '../prepare/agent-files.ts';
import { formatCommand } from '../shell-command.ts';
import type { Observation } from '../verdict/decide.ts';
import { describeSilencing, findSilentTaint, newTaint } from '../verdict/kernel/silent-taint.ts';
import { lastWords } from '../verdict/programs/last-words.ts';
import { describeEnd, type ProcessEnd } from '../verdict/unexpected-end.ts';
import { BringUp, type GuestSetup, GuestStopped, type Step } from './bring-up.ts';
import { type Drained, drainGuest } from './drain.ts';
import { GuestClock } from './guest-clock.ts';
import type { GuestEvents } from './guest-events.ts';
import { GuestOutput, type OutputStream } from './guest-output.ts';
import { LossWatch } from './loss-watch.ts';
import { takePicture } from './picture.ts';
import type { StreamBytes } from './recorded-stream.ts';
import type { SaidFacts } from './said-facts.ts';

export interface LiveGuestOptions {
  /** Counts the guests of a cell from 1. */
  readonly number: number;
  readonly origin: GuestOrigin;
  readonly instance: Instance;
  readonly setup: GuestSetup;
  readonly limits: Limits;
  /** What the agent's streams carried before the guest was saved, as init counts from its boot. */
  readonly bytesBefore?: StreamBytes;
  /** For the guest's logs; created here. */
  readonly folder: string;
  /** How much of each stream is recorded. */
  readonly streamBytes: number;
  readonly events: GuestEvents;
  /** Takes the `/proc/config.gz` of a guest that boots and has one. */
  readonly onConfig?: (packed: Buffer) => void;
  /** Sees what it prints as it arrives. */
  readonly onOutput?: (printed: PrintedOutput) => void;
  /** `performance.now()` of when its machine was started. */
  readonly startedMs: number;
}

/** A piece of what a guest prints: bytes of a stream, cut anywhere. */
export interface PrintedOutput {
  /** The guest's number. */
  readonly guest: number;
  readonly stream: OutputStream;
  readonly chunk: Buffer;
}

interface Up {
  readonly facts: GuestFacts;
  readonly probed: ProbedFacts;
  readonly agentPid: number;
}

/** The evidence that comes from the guest itself. */
type Observed = Pick<
  Observation,
  'findings' | 'lastWords' | 'executor' | 'machineEnd' | 'agentEnd' | 'guestSilence' | 'unseen'
>;

const REPORT_POLL_MS = 20;
const NO_BYTES: StreamBytes = { stdout: 0, stderr: 0 };

/**
 * One guest from its first byte to its end. Its streams are recorded and searched from the start;
 * whoever started it brings it up: by `boot` and `addAgent`, by `resumeBare` and `addAgent`, or by
 * `resume`. These reject with the cause as soon as it is certain that they cannot succeed. `end`
 * ends the machine, at any time, and may be called repeatedly.
 */
export class LiveGuest implements AsyncDisposable {
  readonly kind = 'live';
  readonly number: number;
  readonly origin: GuestOrigin;
  readonly folder: string;
  readonly output: GuestOutput;
  /** Sends requests to init and checks the answers. */
  readonly client: Guest;
  /** Resolves with the reason once it is certain that no further call will be answered. */
  readonly lost: Promise<string>;
  /** Resolves when the machine has ended and its streams have been read to their end. */
  readonly ended: Promise<void>;
  readonly #options: LiveGuestOptions;
  readonly #instance: Instance;
  readonly #bringUp: BringUp;
  readonly #loss: LossWatch;
  #channel: GuestChannel;
  #up: Up | undefined;
  /** While it is being saved. */
  #saving: Promise<void> | undefined;
  #picture: Promise<string> | undefined;
  #ending: Promise<void> | undefined;
  #tainted = 0;

  constructor(options: LiveGuestOptions) {
    const { instance, folder, limits, events, streamBytes } = options;
    this.#options = options;
    this.#instance = instance;
    this.number = options.number;
    this.origin = options.origin;
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'command.txt'), formatCommand(instance.commandLine));
    const { number, onOutput } = options;
    this.output = new GuestOutput(instance, folder, streamBytes, {
      onFinding: (finding) => events.finding(finding),
      onChunk: onOutput && ((stream, chunk) => onOutput({ guest: number, stream, chunk })),
    });
    // The kernel of a container has been up for as long as this host.
    const isBooted = options.origin === 'boot' && instance.hasHostKernel !== true;
    const clock = new GuestClock(options.startedMs, isBooted);
    this.#loss = new LossWatch(instance, this.output, clock);
    this.lost = this.#loss.lost;
    this.#channel = this.#openChannel();
    this.client = createGuest(
      (method, params, timeoutMs) => this.call(method, params, timeoutMs),
      limits.callTimeoutMs,
    );
    const firstStep = options.origin === 'boot' ? 'boot' : 'restore';
    this.#bringUp = new BringUp(this, options.setup, limits, firstStep);
    this.ended = Promise.all([instance.exited, this.output.ended]).then(() => undefined);
  }

  /** The current channel: it is replaced when the guest is saved. */
  get channel(): GuestChannel {
    return this.#channel;
  }

  /** What its logs take on the disk. */
  get recordedBytes(): number {
    const { console: log, stdout, stderr } = this.output;
    const max = this.#options.streamBytes;
    return [log, stdout, stderr].reduce((sum, { bytes }) => sum + Math.min(bytes, max), 0);
  }

  get limits(): Limits {
    return this.#options.limits;
  }

  get agentSocket(): string {
    return this.#instance.agentSocket;
  }

  /** How its agent was started, with paths of the guest. */
  get agentLaunch(): AgentLaunch {
    return this.#options.setup.agent;
  }

  /** For `guest-tool.ts`. */
  get toolSocket(): string {
    return this.#instance.toolSocket;
  }

  /** See `Instance.serveDebugger`. */
  get serveDebugger(): Instance['serveDebugger'] {
    return this.#instance.serveDebugger;
  }

  get isLost(): boolean {
    return this.#loss.isLost;
  }

  /** How far its bring-up got. */
  get step(): Step {
    return this.#bringUp.step;
  }

  get facts(): GuestFacts {
    return this.#whenUp.facts;
  }

  /** What the digest in its facts is about. */
  get probed(): ProbedFacts {
    return this.#whenUp.probed;
  }

  get agentPid(): number {
    return this.#whenUp.agentPid;
  }

  /** How the agent ended, if it did so by itself. */
  get agentEnd(): ProcessEnd | undefined {
    return this.#loss.agentEnd;
  }

  /** Why nothing can be measured with it: its output cannot be recorded, or its clock is wrong. */
  get hostFault(): string | undefined {
    return this.#loss.hostFault;
  }

  /** From power-on until init is ready and nothing is mounted. */
  async boot(): Promise<SaidFacts> {
    const said = await this.#unlessLost(this.#bringUp.boot());
    const { packedConfig } = this.#bringUp;
    if (packedConfig !== undefined) this.#options.onConfig?.(packedConfig);
    return said;
  }

  /** For a guest that was saved when init was ready. */
  async resumeBare(): Promise<void> {
    await this.#unlessLost(this.#bringUp.refresh());
  }

  /**
   * From an init that is ready to a healthy agent.
   * @param files Files that are not in the guest's initramfs.
   */
  async addAgent(said: SaidFacts, files: readonly FileEntry[]): Promise<void> {
    const { agentPid, controllers } = await this.#unlessLost(this.#bringUp.addAgent(files));
    const facts = { ...said.facts, cgroup: this.#options.setup.cgroup, controllers };
    this.#becomeReady({ facts, probed: said.probed, agentPid });
  }

  /** Like `channel.call`, but waits while the guest is being saved. */
  async call(method: string, params: object, timeoutMs: number): Promise<unknown> {
    if (this.#saving !== undefined) await this.#saving;
    return await this.#channel.call(method, params, timeoutMs);
  }

  /**
   * For a guest that was saved with a healthy agent: until the agent has answered again.
   * @param wasConnected The agent had a connection when it was saved.
   */
  async resume(up: Up, wasConnected = false): Promise<void> {
    await this.#unlessLost(this.#bringUp.refresh());
    if (wasConnected) await this.#unlessLost(this.#bringUp.freeAgentPort());
    await this.#unlessLost(this.#bringUp.waitForHealth(this.#options.limits.callTimeoutMs));
    this.#becomeReady(up);
  }

  /** Asks again for what the guest reports before a cgroup mode is mounted. */
  async probeFacts(): Promise<SaidFacts> {
    return await this.#unlessLost(this.#bringUp.probeFacts(this.#options.limits.callTimeoutMs));
  }

  /**
   * Writes the guest to a folder as a template, after which it continues. Only for a guest that was
   * started by a machine's templates. Calls to init wait meanwhile; none may be without an answer. A
   * connection to the agent goes on; to a guest that is restored from the folder, it looks as if its host
   * has left. Rejects if it cannot be saved or does not continue; the guest is then of no further use.
   */
  async save(folder: string): Promise<StreamBytes> {
    const saved = Promise.withResolvers<void>();
    try {
      const writing = this.#write(folder);
      this.#saving = saved.promise;
      const bytes = await writing;
      this.#saving = undefined;
      // Init expects this first of all.
      const refreshed = this.#bringUp.refresh();
      saved.resolve();
      await this.#unlessLost(refreshed);
      return bytes;
    } finally {
      this.#saving = undefined;
      saved.resolve();
    }
  }

  /** Whether `save` would work now. */
  get isSavable(): boolean {
    return isSavable(this.#instance) && this.#channel.isIdle && !this.isLost;
  }

  async #write(folder: string): Promise<StreamBytes> {
    const instance = this.#instance;
    if (!isSavable(instance)) throw new Error('Expected a guest that can be saved');
    await this.client.request('prepare-to-save', {});
    await instance.pause();
    await instance.save(folder);
    const { stdout, stderr } = this.output;
    const { bytesBefore = NO_BYTES } = this.#options;
    await instance.resume();
    // Synchronously, so that no message arrives while nobody listens.
    this.#channel.leave();
    this.#channel = this.#openChannel();
    return { stdout: bytesBefore.stdout + stdout.bytes, stderr: bytesBefore.stderr + stderr.bytes };
  }

  /**
   * Where the agent's threads are, a line each; picture.txt in the guest's folder has more. For a
   * guest with a hanging call, which is of no further use. Only the first call takes a picture.
   */
  async takePicture(): Promise<string> {
    this.#picture ??= takePicture({
      guest: this.client,
      agentPid: this.#up?.agentPid ?? 0,
      folder: this.folder,
      timeoutMs: this.#options.limits.drainTimeoutMs,
    });
    return await this.#picture;
  }

  /**
   * Drains the guest within the drain limit, so that everything it has printed so far is searched.
   * @returns Its findings since the last call, its last output, and how it ended, as far as known.
   */
  async observe(): Promise<Observed> {
    const { limits, bytesBefore = NO_BYTES } = this.#options;
    const { client, output, ended } = this;
    const timeoutMs = limits.drainTimeoutMs;
    const { countConsoleBytes } = this.#instance;
    const drained = await drainGuest({
      ...{ client, output, bytesBefore, ended, timeoutMs },
      ...omitUndefined({ countConsoleBytes }),
    });
    const taint = await this.#awaitReport(drained);
    const findings = output.newFindings();
    const silent = findSilentTaint(taint, findings);
    if (silent !== undefined) this.#options.events.finding(silent);
    return omitUndefined({
      executor: this.#instance.executor,
      findings: silent === undefined ? findings : [...findings, silent],
      lastWords: lastWords({ stderr: output.stderr.tail, stdout: output.stdout.tail }),
      machineEnd: this.#loss.machineEnd,
      agentEnd: this.#loss.agentEnd,
      guestSilence: this.#loss.describeSilence(limits.heartbeatTimeoutMs),
      unseen: describeUnseen(drained, this.#instance.hasHostKernel),
    });
  }

  /** Call it when a test needs the guest, for that reason: from now on its events are emitted. */
  announce(reason: GuestReason): void {
    this.#options.events.announce(reason);
  }

  /** Ends the machine. A guest that was never announced leaves no trace, unless it crashed. */
  async end(): Promise<void> {
    this.#ending ??= this.#end();
    await this.#ending;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }

  get #whenUp(): Up {
    if (this.#up === undefined) throw new Error(`Expected guest ${this.number} to be up`);
    return this.#up;
  }

  #becomeReady(up: Up): void {
    const { events, startedMs } = this.#options;
    this.#up = up;
    events.ready(Math.round(performance.now() - startedMs), up.facts, up.probed);
  }

  #openChannel(): GuestChannel {
    const channel = openGuestChannel(this.#instance.control, (uptimeMs) =>
      this.#loss.noteUptime(uptimeMs),
    );
    this.#loss.watchChannel(channel);
    return channel;
  }

  async #unlessLost<T>(promise: Promise<T>): Promise<T> {
    const stopped = this.lost.then((why) => Promise.reject(new GuestStopped(why)));
    // If the race below is over by then, this rejection must not count as unhandled.
    stopped.catch(() => {});
    return await Promise.race([promise, stopped]);
  }

  /**
   * Taint flags that the kernel has set since the last call. Waits for their report, which may
   * reach the console a little later (recent kernels print in a thread of its own).
   */
  async #awaitReport({ answer }: Drained): Promise<string> {
    // The host's kernel may be tainted by anybody at any time.
    if (answer === undefined || this.#instance.hasHostKernel) return '';
    const taint = newTaint(answer.tainted, this.#tainted);
    this.#tainted = answer.tainted;
    if (taint === '') return taint;
    const deadlineMs = performance.now() + this.#options.limits.drainTimeoutMs;
    while (!this.output.hasKernelReport && performance.now() < deadlineMs)
      await sleep(REPORT_POLL_MS);
    return taint;
  }

  async #end(): Promise<void> {
    const { events } = this.#options;
    this.#channel.close();
    await this.#instance[Symbol.asyncDispose]();
    await this.output.ended;
    // A crash is reported even if no test ever needed the guest, and so is what stays on the host.
    const { leftovers = [] } = this.#instance;
    const isWorthTelling = this.output.crash !== undefined || leftovers.length > 0;
    if (!events.isAnnounced && isWorthTelling) events.announce('isolation');
    for (const leftover of leftovers) events.note(leftover);
    if (!events.isAnnounced) rmSync(this.folder, { recursive: true, force: true });
    const end = this.#loss.machineEnd;
    events.ended(end === undefined ? 'ended by kmx' : `by itself: ${describeEnd(end)}`);
  }
}

/** A container has no console that the kernel could be silenced on. */
function describeUnseen(drained: Drained, hasHostKernel = false): string | undefined {
  if (drained.kind === 'partial') return drained.why;
  return drained.answer === undefined || hasHostKernel
    ? undefined
    : describeSilencing(drained.answer);
}

function isSavable(instance: Instance): instance is SavableInstance {
  return 'save' in instance;
}
