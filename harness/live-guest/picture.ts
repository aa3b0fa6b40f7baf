import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pTimeout from 'p-timeout';
import type { Guest } from '../channel/guest.ts';
import {
  type GuestPicture,
  type PictureOfThread,
  renderPicture,
  renderThread,
} from './picture-text.ts';

export interface PictureOptions {
  readonly guest: Guest;
  readonly agentPid: number;
  /** The guest's folder in the reports, for picture.txt. */
  readonly folder: string;
  /** For the whole picture, since a stuck guest may never answer. */
  readonly timeoutMs: number;
}

/** Each thread costs several reads, and nobody would read more. */
const THREADS_MAX = 64;
const PROCESSES_MAX = 16;

/**
 * What a guest is doing while a call hangs: where each thread of the agent and of containers is,
 * and on the console the kernel's own list of blocked tasks (sysrq `w`, drivers/tty/sysrq.c). Only
 * for a guest that will be discarded. Never rejects: the picture says what could not be read.
 * @returns The agent's threads, a line each, for a report.
 */
export async function takePicture(options: PictureOptions): Promise<string> {
  const { guest, agentPid, folder, timeoutMs } = options;
  const threads: PictureOfThread[] = [];
  const others: PictureOfThread[] = [];
  const problems: string[] = [];
  const noteProblem = (what: string) => (error: unknown) => {
    problems.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  };
  let processes: GuestPicture['processes'] = [];
  let relay: GuestPicture['relay'];
  const reading = (async () => {
    relay = await guest.request('relay', {}).catch(noteProblem('relay'));
    await readThreads(guest, agentPid, threads).catch(noteProblem('threads of the agent'));
    processes = (await guest.processes().catch(noteProblem('processes'))) ?? [];
    const rest = processes.filter(({ pid }) => pid !== agentPid);
    for (const { pid } of rest.slice(0, PROCESSES_MAX)) {
      await readThreads(guest, pid, others).catch(noteProblem(`threads of process ${pid}`));
    }
    await guest.writeFile('/proc/sysrq-trigger', 'w').catch(noteProblem('sysrq w'));
    return true;
  })();
  const isDone = await pTimeout(reading, { milliseconds: timeoutMs, message: false });
  if (isDone !== true) problems.push(`the guest did not answer further within ${timeoutMs} ms`);
  const text = renderPicture({ agentPid, threads, others, processes, relay, problems });
  try {
    writeFileSync(join(folder, 'picture.txt'), text);
  } catch (error) {
    note('picture.txt')(error);
  }
  return [...threads.map(renderThread), ...problems].join('\n');
}

async function readThreads(guest: Guest, pid: number, threads: PictureOfThread[]): Promise<void> {
  const folder = `/proc/${pid}/task`;
  const entries = await guest.listDirectory(folder);
  for (const { name: id } of entries.slice(0, THREADS_MAX)) {
    // A thread may have ended, and a kernel may lack one of these files.
    const read = (file: string): Promise<string> =>
      guest.readFile(`${folder}/${id}/${file}`).then(
        (text) => text.trim(),
        (error: unknown) => `(${error instanceof Error ? error.message : String(error)})`,
      );
    const [name, status, waitsIn, call, stack] = await Promise.all(
      ['comm', 'status', 'wchan', 'syscall', 'stack'].map(read),
    );
    threads.push({
      id,
      name: name ?? '',
      state: /^State:\s*(.*)$/m.exec(status ?? '')?.[1] ?? 'unknown',
      waitsIn: waitsIn ?? '',
      call: call ?? '',
      stack: stack ?? '',
    });
  }
}
