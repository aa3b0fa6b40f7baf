import { expect } from 'chai';
import type { OutputStream } from '../../harness/agents/agent.ts';

/** One line of the workload's output. Every line has an `event`, which determines the other keys. */
export interface WorkloadEvent {
  readonly event: string;
  readonly [key: string]: unknown;
}

/** A command line of the workload, as a container sees it. */
export function workload(...words: readonly (string | number)[]): readonly string[] {
  return ['/bin/workload', ...words.map(String)];
}

/** Exit codes that mean SIGKILL: some agents report the signal's number, others add 128. */
export const KILLED = [9, 137];

/** Far longer than any line of the workload. */
const LINE_LENGTH_MAX = 65_536;

/** The workload prints only JSON, so anything else was garbled by the agent. */
function parseEvent(line: string): WorkloadEvent {
  try {
    return JSON.parse(line) as WorkloadEvent;
  } catch {
    return expect.fail(`the agent returned a line that no workload prints: ${line.slice(0, 200)}`);
  }
}

export interface WorkloadOutput {
  /** The next event of that name, discarding others; fails if the output ends first. */
  next(name: string): Promise<WorkloadEvent>;
  /** The remaining events, until the end of the output. */
  rest(): Promise<readonly WorkloadEvent[]>;
}

/** Everything that is left in a stream, until its end. */
export async function readText(stream: OutputStream): Promise<string> {
  const chunks: Uint8Array[] = [];
  for (;;) {
    const data = await stream.read();
    if (data.length === 0) return Buffer.concat(chunks).toString('utf8');
    chunks.push(data);
  }
}

/** @param open Opens the workload's output; called once the workload has been started */
export function readWorkload(open: () => OutputStream): WorkloadOutput {
  const events: WorkloadEvent[] = [];
  let tail = '';
  let isEnded = false;

  async function readMore(): Promise<void> {
    const data = await open().read();
    isEnded = data.length === 0;
    const lines = (tail + Buffer.from(data).toString('utf8')).split('\n');
    tail = lines.pop() ?? '';
    expect(tail.length, 'length of a line that the agent returned').to.be.below(LINE_LENGTH_MAX);
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
          const printed = seen.length === 0 ? '' : `; it did print: ${seen.join(', ')}`;
          expect.fail(`the workload ended without printing "${name}"${printed}`);
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
