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
  // A kernel told to be quiet prints no banner, but stamps what it does print; so does `dmesg -T`,
  // and a system's log tags it.
  kernel:
    /Linux version |\[ *\d{1,6}\.\d{6}\](?:\[ *[TC]\d+\])? |\[\w{3} \w{3} [ \d]\d [\d:]{8} \d{4}\] | kernel: |"kernel"/,
  // init/do_mounts.c; init/main.c: free_initmem, which is past the search for a root.
  'root file system':
    /Waiting for root dev|VFS: (?:Cannot open root|Mounted root|Unable to mount)|Freeing unused kern/,
  // init/main.c: run_init_process; a log that begins later has lines of systemd.
  init: /Run \S{1,40} as init process|\bsystemd\[1\]: /,
};
/** `dmesg --color` changes it within a message. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is how an escape sequence begins
const COLOUR = /\x1b\[[\d;]{0,16}m/g;
/** Longer than any match, so that one split between two chunks is still seen. */
const OVERLAP = 128;
const LAST = BOOT_STAGES.length - 1;

export function createBootStages(): BootStages {
  let reached = 0;
  let tail = '';
  return {
    push(chunk) {
      if (reached === LAST || chunk.length === 0) return;
      const text = tail + Buffer.from(chunk).toString('latin1');
      tail = text.slice(-OVERLAP);
      const plain = text.replace(COLOUR, '');
      const seen = BOOT_STAGES.findLastIndex((stage) => SIGNS[stage]?.test(plain) ?? false);
      reached = Math.max(reached, seen, BOOT_STAGES.indexOf('firmware'));
    },
    get stage() {
      return BOOT_STAGES[reached] ?? 'nothing';
    },
  };
}
