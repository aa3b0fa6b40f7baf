import { appendFileSync, closeSync, fsyncSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Reporter } from './reporter.ts';

/**
 * events.jsonl: each event is handed to the kernel before the run continues, so the log survives a
 * SIGKILL of kmx intact. A power loss is rarer, and a sync may take long on a busy disk: the log is
 * synced at the end of each cell, so a power loss costs at most the cells that were running.
 */
export function createEventLog(folder: string): Reporter {
  const descriptor = openSync(join(folder, 'events.jsonl'), 'a');
  return {
    onEvent(event) {
      appendFileSync(descriptor, `${JSON.stringify(event)}\n`);
      if (event.type === 'cell-end') fsyncSync(descriptor);
    },
    onEnd: () => {
      fsyncSync(descriptor);
      closeSync(descriptor);
    },
  };
}
