import { connect, type Socket } from 'node:net';
import { InfraError } from '../../../errors.ts';
import { omitUndefined } from '../../../omit-undefined.ts';
import type { HandedFiles } from '../handed-files.ts';
import type { ProcessStarter } from '../process-starter.ts';
import type { ProcessEnd, QemuProcess } from '../qemu-process.ts';
import { findHostPid } from './host-pid.ts';
import { readAnswers, type SpawnerAnswer } from './spawner-messages.ts';

export interface SpawnerOptions {
  /** The socket that the spawner listens on. */
  readonly socket: string;
  /** Process id of the spawner, as this host counts. */
  readonly pid: number;
  /** In shared memory, seen by the container at the same path. */
  readonly memoryFolder?: string;
}

/**
 * Starts QEMU in a container. All paths on its command line are those of this host, which the
 * container sees at the same places.
 */
export function spawnerStarter({ socket, pid, memoryFolder }: SpawnerOptions): ProcessStarter {
  return {
    ...omitUndefined({ memoryFolder }),
    // With this process, the container ends.
    guarded: (commandLine) => commandLine,
    start: (commandLine, files = {}) => start({ socket, pid }, commandLine, files),
  };
}

async function start(
  spawner: SpawnerOptions,
  commandLine: readonly string[],
  { inputFile, memory }: HandedFiles,
): Promise<QemuProcess> {
  const [program = ''] = commandLine;
  // Half-closed, it still brings how the process ended.
  const connection = connect({ path: spawner.socket, allowHalfOpen: true });
  let fault: Error | undefined;
  connection.on('error', (error) => {
    fault = error;
  });
  const request = { argv: commandLine, stdin: inputFile, memory: memory?.name };
  connection.write(`${JSON.stringify(request)}\n`);
  const answers = readAnswers(connection);
  const { value: first } = await answers.next();
  if (first === undefined || !('started' in first)) {
    connection.destroy();
    throw notStarted(program, first, fault);
  }
  const pid = await findHostPid(spawner.pid, first.started.pid);
  const started = watch(connection, answers, pid ?? 0);
  if (pid === undefined) await checkEnded(started, first.started.pid);
  return started;
}

/** A program that fails at once is gone before it can be looked up: then how it ended says why. */
async function checkEnded(started: QemuProcess, inner: number): Promise<void> {
  await started.kill();
  const { signal } = await started.ended;
  if (signal !== 'SIGKILL') return;
  throw new InfraError(`the process ${inner} of a container cannot be found on this host`, {
    code: 'MACHINE_NOT_STARTED',
    remedy: 'run kmx on the host of the container engine',
  });
}

function watch(
  connection: Socket,
  answers: AsyncGenerator<SpawnerAnswer>,
  pid: number,
): QemuProcess {
  let isEnded = false;
  let isKilled = false;
  const ended = readEnd(answers).then((end): ProcessEnd => {
    isEnded = true;
    connection.destroy();
    // It may have ended by itself while it was asked to.
    return { ...end, isKilled: isKilled && end.signal !== null };
  });
  async function kill(): Promise<void> {
    if (!isEnded) {
      isKilled = true;
      connection.end();
    }
    await ended;
  }
  return { pid, ended, kill, [Symbol.asyncDispose]: kill };
}

async function readEnd(
  answers: AsyncGenerator<SpawnerAnswer>,
): Promise<Omit<ProcessEnd, 'isKilled'>> {
  try {
    for await (const answer of answers) {
      if (!('ended' in answer)) continue;
      const { code, signal, output } = answer.ended;
      return { code, signal, stderr: output };
    }
  } catch (error) {
    if (!(error instanceof InfraError)) throw error;
    return { code: null, signal: null, stderr: error.message };
  }
  return { code: null, signal: null, stderr: 'the container in which QEMU ran has ended' };
}

function notStarted(
  program: string,
  answer: SpawnerAnswer | undefined,
  cause: Error | undefined,
): InfraError {
  const isRefused = answer !== undefined && 'refused' in answer;
  const why = isRefused ? answer.refused.reason : (cause?.message ?? 'the container has ended');
  return new InfraError(`cannot start ${program} in its container`, {
    code: 'MACHINE_NOT_STARTED',
    output: why,
    ...(isRefused ? {} : { remedy: 'check that the container engine runs, and start kmx again' }),
    cause,
  });
}
