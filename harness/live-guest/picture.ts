import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pTimeout from 'p-timeout';
import type { Guest } from '../channel/guest.ts';
import { toLine } from '../text.ts';
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
/** Limit for each file of a thread; a kernel writes at most a page. */
const FILE_BYTES_MAX = 16 * 1024;
/**
 * Limit for the characters from the agent's threads, and the same again for all other processes:
 * beyond it, no more threads are read.
 */
const LENGTH_MAX = 256 * 1024;

/**
 * What a guest is doing while a call hangs: where each thread of the agent and of containers is, and
 * on the console the kernel's own list of blocked tasks (sysrq `w`, drivers/tty/sysrq.c). Only for a
 * guest that will be discarded. Never rejects: the picture says what could not be read or written.
 * @returns The agent's threads, a line each, for a report.
 */
export async function takePicture(options: PictureOptions): Promise<string> {
  const { guest, agentPid, folder, timeoutMs } = options;
  const problems: string[] = [];
  const noteProblem = (what: string) => (error: unknown) => {
    problems.push(`${what}: ${describe(error)}`);
    return undefined;
  };
  const agent = new ThreadReader(guest);
  const rest = new ThreadReader(guest);
  let processes: GuestPicture['processes'] = [];
  let relay: GuestPicture['relay'];
  const reading = (async () => {
    relay = await guest.request('relay', {}).catch(noteProblem('relay'));
    await agent.read(agentPid).catch(noteProblem('threads of the agent'));
    processes = (await guest.processes().catch(noteProblem('processes'))) ?? [];
    const others = processes.filter(({ pid }) => pid !== agentPid);
    for (const { pid } of others.slice(0, PROCESSES_MAX)) {
      await rest.read(pid).catch(noteProblem(`threads of process ${pid}`));
    }
    await guest.writeFile('/proc/sysrq-trigger', 'w').catch(noteProblem('sysrq w'));
    return true;
  })();
  const isDone = await pTimeout(reading, { milliseconds: timeoutMs, message: false });
  if (isDone !== true) problems.push(`the guest did not answer further within ${timeoutMs} ms`);
  const { threads } = agent;
  const picture = { agentPid, threads, others: rest.threads, processes, relay, problems };
  try {
    writeFileSync(join(folder, 'picture.txt'), renderPicture(picture));
  } catch (error) {
    noteProblem('picture.txt')(error);
  }
  return [...threads.map(renderThread), ...problems.map((problem) => toLine(problem))].join('\n');
}

/** Reads where threads are, up to `LENGTH_MAX`. */
class ThreadReader {
  readonly threads: PictureOfThread[] = [];
  readonly #guest: Guest;
  #length = 0;

  constructor(guest: Guest) {
    this.#guest = guest;
  }

  /** Rejects if the threads of this process cannot be listed. */
  async read(pid: number): Promise<void> {
    const folder = `/proc/${pid}/task`;
    const entries = await this.#guest.listDirectory(folder);
    for (const { name: id } of entries.slice(0, THREADS_MAX)) {
      if (this.#length >= LENGTH_MAX) throw new Error('left out: the picture is long enough');
      this.threads.push(await this.#readThread(folder, id));
    }
  }

  async #readThread(folder: string, id: string): Promise<PictureOfThread> {
    const [name, status, waitsIn, call, stack] = await Promise.all([
      this.#readFile(`${folder}/${id}/comm`),
      this.#readFile(`${folder}/${id}/status`),
      this.#readFile(`${folder}/${id}/wchan`),
      this.#readFile(`${folder}/${id}/syscall`),
      this.#readFile(`${folder}/${id}/stack`),
    ]);
    const state = /^State:\s*(.*)$/m.exec(status)?.[1] ?? 'unknown';
    return { id, name, state, waitsIn, call, stack };
  }

  /** If a thread has ended or the kernel lacks this file: the reason, in parentheses. */
  async #readFile(path: string): Promise<string> {
    const text = await this.#guest.readFile(path, FILE_BYTES_MAX).then(
      (content) => content.trim(),
      (error: unknown) => `(${describe(error)})`,
    );
    this.#length += text.length;
    return text;
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
