import { RESTART_WORDS } from './restart-words.ts';

/** Watches the end of a console for the kernel's word that it was told to restart the machine. */
export interface RestartWatch {
  push(chunk: Uint8Array): void;
  /** Whether that was its last word, apart from what drivers add. */
  readonly isRestarting: boolean;
}

/** Room for the lines that drivers add. */
const TAIL_BYTES = 512;

export function createRestartWatch(): RestartWatch {
  let tail: Buffer = Buffer.alloc(0);
  return {
    push(chunk) {
      const rest = chunk.length >= TAIL_BYTES ? Buffer.alloc(0) : tail;
      tail = Buffer.concat([rest, chunk.subarray(-TAIL_BYTES)]).subarray(-TAIL_BYTES);
    },
    get isRestarting() {
      return RESTART_WORDS.some((words) => tail.includes(words));
    },
  };
}
