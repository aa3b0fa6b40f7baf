import { expect } from 'chai';
import type { OutputStream } from '../../harness/agents/agent.ts';

/** One line that the workload printed. Every line has an `event`; the rest depends on it. */
export interface WorkloadEvent {
  readonly event: string;
  readonly [key: string]: unknown;
}

/** The command line of the workload in a container's root. */
export function workload(...words: readonly (string | number)[]): readonly string[] {
  return ['/bin/workload', ...words.map(String)];
}

/** Exit codes that mean SIGKILL: kata-agent says the signal's number, runc adds 128. */
export const KILLED = [9, 137];

/** No line of the workload comes near it. */
const LINE_LENGTH_MAX = 65_536;

/** The workload prints nothing else: another line is one that the agent has garbled. */
function parseEvent(line: string): WorkloadEvent {
  try {
    return JSON.parse(line) as WorkloadEvent;
  } catch {
    return expect.fail(`the agent passed on a line that no workload prints: ${line.slice(0, 200)}`);
  }
}

export interface WorkloadOutput {
  /** The next event of that name; fails if the process's output ends before it. */
  next(name: string): Promise<WorkloadEvent>;
  /** The events up to the end of the process's output. */
  rest(): Promise<readonly WorkloadEvent[]>;
}

/** All that a stream brings, up to its end. */
export async function readText(stream: OutputStream): Promise<string> {
  const chunks: Uint8Array[] = [];
  for (;;) {
    const data = await stream.read();
    if (data.length === 0) return Buffer.concat(chunks).toString('utf8');
    chunks.push(data);
  }
}

/** @param open The output of the workload, once it has been started */
export function readWorkload(open: () => OutputStream): WorkloadOutput {
  const events: WorkloadEvent[] = [];
  let tail = '';
  let isEnded = false;

  async function readMore(): Promise<void> {
    const data = await open().read();
    isEnded = data.length === 0;
    const lines = (tail + Buffer.from(data).toString('utf8')).split('\n');
    tail = lines.pop() ?? '';
    expect(tail.length, 'length of a line that the agent passed on').to.be.below(LINE_LENGTH_MAX);
    for (const line of lines) if (line !== '') events.push(parseEvent(line));
  }

  return {
    async next(name) {
      const seen: string[] = [];
      for (;;) {
        for (let event = events.shift(); event !== undefined; event = events.shift()) {
          if (event.event === name) return event;
          seen.push(event.event);
        }
        if (isEnded) {
          const printed = seen.length === 0 ? 'nothing' : seen.join(', ');
          expect.fail(`expected the workload to print "${name}", but it ended after: ${printed}`);
        }
        await readMore();
      }
    },
    async rest() {
      while (!isEnded) await readMore();
      return events.splice(0);
    },
  };
}
