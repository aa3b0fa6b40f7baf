import { join } from 'node:path';
import type { Instance } from '../machine/machine.ts';
import { createAgentTriage } from '../verdict/agent-triage.ts';
import { type BootStage, createBootStages } from '../verdict/boot/boot-stages.ts';
import { createRestartWatch } from '../verdict/boot/restart-watch.ts';
import { createConsoleTriage } from '../verdict/console-triage.ts';
import { type Finding, isCrash } from '../verdict/finding.ts';
import { isKernelReport } from '../verdict/kernel/silent-taint.ts';
import { RecordedStream } from './recorded-stream.ts';

/** What a guest prints, by where it comes from. */
export type OutputStream = 'console' | 'agent-stdout' | 'agent-stderr';

export interface OutputListeners {
  /** Called as soon as a finding is recognised, before anything is decided. */
  readonly onFinding: (finding: Finding) => void;
  /** Sees every byte as it arrives. */
  readonly onChunk?: ((stream: OutputStream, chunk: Buffer) => void) | undefined;
}

/** A guest's output: recorded in the guest's folder, and searched for findings as it arrives. */
export class GuestOutput {
  readonly console: RecordedStream;
  readonly stdout: RecordedStream;
  readonly stderr: RecordedStream;
  readonly agentPanicked: Promise<void>;
  /** Resolves with the reason if a log cannot be recorded; otherwise never settles. */
  readonly recordingFailed: Promise<Error>;
  /** Resolves when all streams were read to their end. */
  readonly ended: Promise<void>;
  readonly #consoleTriage = createConsoleTriage();
  readonly #agentTriage = createAgentTriage();
  readonly #stages = createBootStages();
  readonly #restarts = createRestartWatch();
  readonly #panic = Promise.withResolvers<void>();
  readonly #onFinding: (finding: Finding) => void;
  #new: Finding[] = [];
  #crash: Finding | undefined;

  /**
   * @param bytesMax How much of each stream is recorded.
   */
  constructor(
    instance: Instance,
    folder: string,
    bytesMax: number,
    { onFinding, onChunk = () => {} }: OutputListeners,
  ) {
    this.#onFinding = onFinding;
    this.agentPanicked = this.#panic.promise;
    const file = (name: string): string => join(folder, name);
    this.console = new RecordedStream(instance.console, file('console.log'), bytesMax, (chunk) => {
      onChunk('console', chunk);
      this.#stages.push(chunk);
      this.#restarts.push(chunk);
      this.#add(this.#consoleTriage.push(chunk));
    });
    this.stdout = new RecordedStream(
      instance.agentStdout,
      file('agent-stdout.log'),
      bytesMax,
      (chunk) => onChunk('agent-stdout', chunk),
    );
    this.stderr = new RecordedStream(
      instance.agentStderr,
      file('agent-stderr.log'),
      bytesMax,
      (chunk) => {
        onChunk('agent-stderr', chunk);
        this.#add(this.#agentTriage.push(chunk));
      },
    );
    const streams = [this.console, this.stdout, this.stderr];
    this.recordingFailed = Promise.race(streams.map((stream) => stream.recordingFailed));
    this.ended = Promise.all(streams.map((stream) => stream.ended)).then(() => undefined);
  }

  /** How far the kernel got, according to its console. */
  get stage(): BootStage {
    return this.#stages.stage;
  }

  /** Whether the last thing the kernel printed is that it restarts the machine. */
  get isRestarting(): boolean {
    return this.#restarts.isRestarting;
  }

  /** The guest's first crash. */
  get crash(): Finding | undefined {
    return this.#crash;
  }

  /** Whether the kernel has reported something since the last call of `newFindings`. */
  get hasKernelReport(): boolean {
    return this.#new.some(isKernelReport);
  }

  /** Findings since the last call, oldest first. */
  newFindings(): readonly Finding[] {
    // Whatever a report still prints after this belongs to the same finding, which is cut off here.
    this.#add(this.#consoleTriage.flush());
    this.#add(this.#agentTriage.flush());
    return this.#new.splice(0);
  }

  #add(findings: readonly Finding[]): void {
    for (const finding of findings) {
      this.#new.push(finding);
      this.#onFinding(finding);
      if (isCrash(finding)) this.#crash ??= finding;
      if (finding.class === 'agent-panic') this.#panic.resolve();
    }
  }
}
