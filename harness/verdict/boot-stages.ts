/** How far a console got: what printed last before a silence names where to look. */
export type BootStage = 'nothing' | 'firmware' | 'kernel' | 'init';

export interface BootStages {
  push(chunk: Uint8Array): void;
  readonly stage: BootStage;
}

/** A kernel told to be quiet prints no banner, but stamps what it does print. */
const KERNEL = /Linux version |\[ *\d{1,6}\.\d{6}\] /;
/** init/main.c: run_init_process */
const INIT = /Run \S{1,40} as init process/;
/** Longer than any match: one that is split between two chunks is still seen. */
const OVERLAP = 64;

export function createBootStages(): BootStages {
  let stage: BootStage = 'nothing';
  let tail = '';
  return {
    push(chunk) {
      if (stage === 'init' || chunk.length === 0) return;
      const text = tail + Buffer.from(chunk).toString('latin1');
      tail = text.slice(-OVERLAP);
      if (stage === 'nothing') stage = 'firmware';
      if (stage === 'firmware' && KERNEL.test(text)) stage = 'kernel';
      if (INIT.test(text)) stage = 'init';
    },
    get stage() {
      return stage;
    },
  };
}
