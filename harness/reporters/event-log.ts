import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Reporter } from './reporter.ts';

/**
 * events.jsonl: written before anybody goes on, so that it survives a SIGKILL of kmx as it is; and
 * synced to disk at the end of each cell, so that a power loss costs at most the cells that ran.
 */
export function createEventLog(folder: string): Reporter {
  const descriptor = openSync(join(folder, 'events.jsonl'), 'a');
  return {
    onEvent(event) {
      writeSync(descriptor, `${JSON.stringify(event)}\n`);
      if (event.type === 'cell-end') fsyncSync(descriptor);
    },
    onEnd: () => {
      fsyncSync(descriptor);
      closeSync(descriptor);
    },
  };
}
