import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UsageError } from '../errors.ts';
import type { RunEvent } from '../events.ts';
import { parseEventLines } from '../report/event-lines.ts';

const EVENTS = 'events.jsonl';

/**
 * The events of a run that is over, or of what there is of it.
 * @param out The folder of all reports.
 * @param name A run id, `latest`, or the path of a run's folder or of a file in it.
 */
export function readRunEvents(out: string, name: string): readonly RunEvent[] {
  const path = name.includes('/') ? name : join(out, name);
  const file = isFile(path) ? join(dirname(path), EVENTS) : join(path, EVENTS);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`there is no run ${JSON.stringify(name)}: ${(cause as Error).message}`, {
      code: 'RUN_UNKNOWN',
      remedy: `give the id of a run in ${out}, or the path of its folder`,
      cause,
    });
  }
  const events = parseEventLines(text, file);
  if (events.length > 0) return events;
  throw new UsageError(`${file} holds no event: the run ended before it had begun`, {
    code: 'RUN_EMPTY',
  });
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
