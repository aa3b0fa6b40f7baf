import type { ResultOf } from '../channel/messages.ts';
import { toLine, toPrintable } from '../text.ts';

/** From /proc/PID/task/TID/ (proc_pid_wchan(5), proc_pid_syscall(5), proc_pid_stack(5)). */
export interface PictureOfThread {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  /** Kernel function in which it waits; `0` while it runs. */
  readonly waitsIn: string;
  /** Number and arguments of its system call, `running`, or why this could not be read. */
  readonly call: string;
  readonly stack: string;
}

export interface GuestPicture {
  readonly agentPid: number;
  readonly threads: readonly PictureOfThread[];
  /** Threads of all other processes; init's include the relay. */
  readonly others: readonly PictureOfThread[];
  readonly processes: ResultOf<'processes'>['processes'];
  /** State of the connection between host and agent. */
  readonly relay?: ResultOf<'relay'> | undefined;
  readonly problems: readonly string[];
}

/** One thread on one line: `agent 74: S (sleeping) in futex_wait_queue, system call 202`. */
export function renderThread({ id, name, state, waitsIn, call }: PictureOfThread): string {
  const where = /^\w+$/.test(waitsIn) && waitsIn !== '0' ? ` in ${waitsIn}` : '';
  const number = /^\d+/.exec(call)?.[0];
  const doing = number === undefined ? '' : `, system call ${number}`;
  return toLine(`${name} ${id}: ${state}${where}${doing}`);
}

function renderRelay({ state, connections, toAgentBytes, toHostBytes }: ResultOf<'relay'>): string {
  const bytes = `${toAgentBytes} bytes to the agent, ${toHostBytes} bytes to the host`;
  return `The relay: ${state}, connection ${connections}, ${bytes}`;
}

function renderStack(thread: PictureOfThread): readonly string[] {
  const frames = toPrintable(thread.stack).split('\n');
  return [
    '',
    renderThread(thread),
    `  syscall: ${toLine(thread.call)}`,
    ...frames.map((frame) => `  ${frame}`),
  ];
}

/** Size limit of picture.txt, in UTF-8. */
export const PICTURE_BYTES_MAX = 1024 * 1024;
const PROCESSES_MAX = 1000;

/** The text of picture.txt, cut at `PICTURE_BYTES_MAX`. */
export function renderPicture(picture: GuestPicture): string {
  const text = `${linesOf(picture).join('\n')}\n`;
  const bytes = Buffer.from(text);
  if (bytes.length <= PICTURE_BYTES_MAX) return text;
  const note = '[kmx: cut here, the rest is too long]\n';
  const end = bytes.lastIndexOf('\n', PICTURE_BYTES_MAX - note.length - 1) + 1;
  return `${bytes.toString('utf8', 0, end)}${note}`;
}

function linesOf({
  agentPid,
  threads,
  others,
  processes,
  relay,
  problems,
}: GuestPicture): readonly string[] {
  const more = processes.length - PROCESSES_MAX;
  return [
    'The state of the guest when a call got no answer. The kernel’s own list of blocked tasks',
    'is at the end of console.log, after "sysrq: Show Blocked State".',
    '',
    ...(relay === undefined ? [] : [renderRelay(relay), '']),
    `The agent is process ${agentPid}, with ${threads.length} threads:`,
    ...threads.flatMap(renderStack),
    '',
    ...(others.length === 0 ? [] : ['Threads of other processes:']),
    ...others.flatMap(renderStack),
    ...(others.length === 0 ? [] : ['']),
    'Processes:',
    ...processes
      .slice(0, PROCESSES_MAX)
      .map(({ pid, parent, name, state, threads: count, cgroups }) => {
        const what = `${pid} of ${parent}: ${name}, ${state}, ${count} threads`;
        return `  ${toLine(`${what}, ${cgroups.join(' ')}`)}`;
      }),
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...(problems.length === 0
      ? []
      : ['', 'Could not be read:', ...problems.map((one) => toLine(one))]),
  ];
}
