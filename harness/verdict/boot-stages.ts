/** How far a console got: what printed last before a silence names where to look. */
export type BootStage = 'nothing' | 'firmware' | 'kernel' | 'init';

export interface BootStages {
  push(chunk: Uint8Array): void;
  readonly stage: BootStage;
}

const MARKS = [
  ['kernel', 'Linux version '],
  ['init', 'Run /init as init process'],
] as const;
/** Longer than any mark: one that is split between two chunks is still seen. */
const OVERLAP = 64;

export function createBootStages(): BootStages {
  let stage: BootStage = 'nothing';
  let tail = '';
  return {
    push(chunk) {
      if (stage === 'init') return;
      const text = tail + Buffer.from(chunk).toString('latin1');
      tail = text.slice(-OVERLAP);
      if (stage === 'nothing' && text.length > 0) stage = 'firmware';
      for (const [reached, mark] of MARKS) if (text.includes(mark)) stage = reached;
    },
    get stage() {
      return stage;
    },
  };
}
