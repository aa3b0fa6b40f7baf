import { join } from 'node:path';
import type { Instance } from '../machine/machine.ts';
import { createAgentTriage } from '../verdict/agent-triage.ts';
import { type BootStage, createBootStages } from '../verdict/boot-stages.ts';
import { createConsoleTriage } from '../verdict/console-triage.ts';
import { type Finding, isCrash } from '../verdict/finding.ts';
import { createRestartWatch } from '../verdict/restart-watch.ts';
import { type Evidence, keepEvidence } from './recorded-stream.ts';

/** Everything a guest prints: kept in its folder, and looked at as it comes. */
export interface GuestEvidence {
  readonly console: Evidence;
  readonly stdout: Evidence;
  readonly stderr: Evidence;
  readonly stage: BootStage;
  /** Whether the kernel's last words are that it restarts the machine. */
  readonly isRestarting: boolean;
  /** The first sign of a crash since the guest began, taken or not. */
  readonly crash: Finding | undefined;
  /** Findings since the last time they were taken, oldest first. */
  takeFindings(): readonly Finding[];
  readonly agentPanicked: Promise<void>;
  /** Resolves with the reason once a log could not be kept; never otherwise. */
  readonly unkept: Promise<Error>;
  /** Resolves when all streams were read to their end. */
  readonly ended: Promise<void>;
}

export function watchGuest(
  instance: Instance,
  folder: string,
  bytesMax: number,
  onFinding: (finding: Finding) => void,
): GuestEvidence {
  const consoleTriage = createConsoleTriage();
  const agentTriage = createAgentTriage();
  const stages = createBootStages();
  const restarts = createRestartWatch();
  const { promise: agentPanicked, resolve: resolvePanicked } = Promise.withResolvers<void>();
  let taken: Finding[] = [];
  let crash: Finding | undefined;

  function note(findings: readonly Finding[]): void {
    for (const finding of findings) {
      taken.push(finding);
      onFinding(finding);
      if (isCrash(finding)) crash ??= finding;
      if (finding.class === 'agent-panic') resolvePanicked();
    }
  }

  const keep = (
    stream: Instance['console'],
    name: string,
    look: (chunk: Buffer) => void,
  ): Evidence => keepEvidence(stream, join(folder, name), bytesMax, look);
  const consoleEvidence = keep(instance.console, 'console.log', (chunk) => {
    stages.push(chunk);
    restarts.push(chunk);
    note(consoleTriage.push(chunk));
  });
  const stdout = keep(instance.agentStdout, 'agent-stdout.log', () => {});
  const stderr = keep(instance.agentStderr, 'agent-stderr.log', (chunk) => {
    note(agentTriage.push(chunk));
  });
  const ended = Promise.all([consoleEvidence.ended, stderr.ended, stdout.ended]);

  return {
    console: consoleEvidence,
    stdout,
    stderr,
    get stage() {
      return stages.stage;
    },
    get isRestarting() {
      return restarts.isRestarting;
    },
    get crash() {
      return crash;
    },
    takeFindings() {
      // A report that goes on after this is the same finding, cut off.
      note(consoleTriage.flush());
      note(agentTriage.flush());
      const findings = taken;
      taken = [];
      return findings;
    },
    agentPanicked,
    unkept: Promise.race([consoleEvidence.unkept, stderr.unkept, stdout.unkept]),
    ended: ended.then(() => undefined),
  };
}
