import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path/posix';
import type { FileEntry } from '../file-entry.ts';
import type { Limits } from '../matrix/matrix.ts';
import { formatCpio } from '../prepare/newc.ts';
import type { PreparedCell } from '../prepare/prepare-cell.ts';
import type { TracedCall } from '../trace/traced-call.ts';
import { type Recording, recordCalls } from './recorded-calls.ts';
import { REPLAY_PROGRAM, REPLAY_RECORDING, STANDALONE_SCRIPT } from './run-script.ts';

export interface ReplayInputs {
  readonly prepared: Pick<PreparedCell, 'cell' | 'leaveUnmounted' | 'agent'>;
  readonly limits: Pick<Limits, 'bootTimeoutMs' | 'callTimeoutMs'>;
  /** Of the test, in the order in which they happened. */
  readonly calls: readonly TracedCall[];
  /** Path of guest/replay. */
  readonly replayProgram: string;
}

/**
 * The archive of what a guest without kmx has in addition: what init is to do, as
 * guest/init/src/standalone.rs reads it, the program that makes the calls, and the calls.
 */
export async function packReplay({
  prepared: { cell, leaveUnmounted, agent },
  limits,
  calls,
  replayProgram,
}: ReplayInputs): Promise<Buffer> {
  const { argv, environment: env, socket } = agent;
  const script = {
    cgroups: { mode: cell.cgroup, leaveUnmounted },
    agent: { argv, env, socket },
    caller: [REPLAY_PROGRAM, REPLAY_RECORDING],
  };
  const recording: Recording = {
    socket,
    startTimeoutMs: limits.bootTimeoutMs,
    callTimeoutMs: limits.callTimeoutMs,
    calls: recordCalls(calls),
  };
  const folder = dirname(REPLAY_PROGRAM);
  return Buffer.concat(
    formatCpio([
      { kind: 'directory', path: folder, mode: 0o755 },
      { kind: 'file', path: REPLAY_PROGRAM, mode: 0o755, content: await readFile(replayProgram) },
      asJson(REPLAY_RECORDING, recording),
      asJson(STANDALONE_SCRIPT, script),
    ]),
  );
}

function asJson(path: string, value: unknown): FileEntry {
  return { kind: 'file', path, mode: 0o644, content: Buffer.from(`${JSON.stringify(value)}\n`) };
}
