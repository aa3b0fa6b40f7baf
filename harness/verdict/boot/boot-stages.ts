/** How far the boot got, by the console: what printed last before a silence shows where to look. */
export const BOOT_STAGES = [
  'nothing',
  'firmware',
  'decompression',
  'kernel',
  'root file system',
  'init',
] as const;

export type BootStage = (typeof BOOT_STAGES)[number];

export interface BootStages {
  push(chunk: Uint8Array): void;
  readonly stage: BootStage;
}

/** The first words of each stage. Firmware may say anything. */
const SIGNS: Readonly<Partial<Record<BootStage, RegExp>>> = {
  // arch/x86/boot/compressed/misc.c; printed only with `earlyprintk=`, except for its failure.
  decompression: /early console in \w+_kernel|Decompressing Linux\.\.\.| -- System halted/,
  // A kernel told to be quiet prints no banner, but stamps what it does print.
  kernel: /Linux version |\[ *\d{1,6}\.\d{6}\](?:\[ *[TC]\d+\])? /,
  // init/do_mounts.c; init/main.c: free_initmem, which is past the search for a root.
  'root file system':
    /Waiting for root dev|VFS: (?:Cannot open root|Mounted root|Unable to mount)|Freeing unused kern/,
  // init/main.c: run_init_process
  init: /Run \S{1,40} as init process/,
};
/** Longer than any match, so that one split between two chunks is still seen. */
const OVERLAP = 64;
const LAST = BOOT_STAGES.length - 1;

export function createBootStages(): BootStages {
  let reached = 0;
  let tail = '';
  return {
    push(chunk) {
      if (reached === LAST || chunk.length === 0) return;
      const text = tail + Buffer.from(chunk).toString('latin1');
      tail = text.slice(-OVERLAP);
      const seen = BOOT_STAGES.findLastIndex((stage) => SIGNS[stage]?.test(text) ?? false);
      reached = Math.max(reached, seen, BOOT_STAGES.indexOf('firmware'));
    },
    get stage() {
      return BOOT_STAGES[reached] ?? 'nothing';
    },
  };
}
