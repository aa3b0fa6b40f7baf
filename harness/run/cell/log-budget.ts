import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const LOGS = ['console.log', 'agent-stdout.log', 'agent-stderr.log'];
/** What a stream of a guest may record in any case. */
const STREAM_BYTES_MIN = 64 * 1024;

interface KeptLogs {
  readonly folder: string;
  readonly bytes: number;
}

/**
 * Bounds what the logs of all guests of a run take on the disk. When they take more, those of the
 * oldest guests that nothing went wrong in are removed; failures keep theirs, and once these alone
 * fill the budget, further guests record only little.
 */
export class LogBudget {
  readonly #bytesMax: number;
  readonly #good: KeptLogs[] = [];
  #total = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** How much of each stream a new guest may record, at most `wanted` bytes. */
  streamBytes(wanted: number): number {
    const goodBytes = this.#good.reduce((sum, { bytes }) => sum + bytes, 0);
    const room = (this.#bytesMax - this.#total + goodBytes) / LOGS.length;
    return Math.min(wanted, Math.max(STREAM_BYTES_MIN, Math.floor(room)));
  }

  /** A guest has ended, and its logs stay. */
  add(logs: KeptLogs, isGood: boolean): void {
    this.#total += logs.bytes;
    if (isGood) this.#good.push(logs);
    while (this.#total > this.#bytesMax) {
      const oldest = this.#good.shift();
      if (oldest === undefined) return;
      this.#remove(oldest);
      this.#total -= oldest.bytes;
    }
  }

  #remove({ folder }: KeptLogs): void {
    const note = `[kmx: removed, because the logs of this run took more than ${this.#bytesMax} bytes]\n`;
    for (const log of LOGS) {
      try {
        writeFileSync(join(folder, log), note);
      } catch (error) {
        // A folder that somebody has removed meanwhile takes no room.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
  }
}
