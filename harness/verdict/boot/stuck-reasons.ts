/**
 * Why a boot gets stuck is told some lines before it does, in words that a healthy boot may have in
 * it, too: a unit that fails, a device that is late. They count only once the boot is stuck.
 */

export type ReasonIn =
  /** What the initramfs said, else a unit that failed. */
  | 'initramfs'
  /** A unit that failed, else what the initramfs said. */
  | 'units'
  /** Only what the initramfs said about the root file system. */
  | 'root'
  /** GRUB's error. */
  | 'loader';

export interface StuckReasons {
  /** A line without the name of the program that printed it. */
  add(text: string, end: number): void;
  /** The reason that fits a boot that got stuck here, if there is one. */
  find(where: ReasonIn, end: number): string | undefined;
  clear(): void;
}

/** The first of these is the cause, if no unit is to blame. Their first group is the reason. */
const IN_INITRAMFS: readonly RegExp[] = [
  // dracut, modules.d/*base/dracut-lib.sh; initramfs-tools, scripts/local; mkinitcpio, init_functions
  /^(?:dracut )?(?:Warning|WARNING|ERROR): ((?:device )?["']?(?:\/dev|[A-Z]+=)\S{1,128} (?:does not exist|not found))/,
  /^(?:Warning|ERROR): (Unable to find root device .{1,128})/,
  /^ERROR: (Failed to mount .{1,128}? real root(?: device)?)/,
  /^ERROR: (Root device mounted successfully, but .{1,128})/,
  /^(Failed to mount \S{1,128} as root file ?system)/,
  /^(The root filesystem on \S{1,128} requires a manual fsck)/,
  /^(\S{1,128}: UNEXPECTED INCONSISTENCY; RUN fsck MANUALLY)/,
  /^(Target filesystem doesn't have (?:requested )?\S{1,128})/,
  /^(No root device specified)/,
  /^(?:\(initramfs\) )?(Unable to find a (?:live|medium) .{1,128})/,
  /^(No init found\. Try passing init= bootarg)/,
  /^(Gave up waiting for (?:root|suspend)\b[\w /]{0,64})/,
  /^(Failed to switch root: .{1,128})/,
  // busybox and util-linux, of what is to be the root
  /^(mount: mounting \S{1,128} on \/(?:sysroot|(?:mnt[-/])?(?:new_?)?root(?:fs)?|mnt)\/? failed: .{1,64})/,
  /^(mount: \/(?:sysroot|new_?root|root): .{1,128})/,
];
const NO_DEVICE_IN_TIME =
  /^(?:Warning|dracut Warning): (dracut-initqueue[: ]+timeout|Could not boot)/;

/** Of units that failed, the last one before something that the boot needs failed for it. */
const UNIT =
  /^(?:\[FAILED\] |\[ TIME \] )?(Failed to (?:mount|start) .{1,128}|Timed out waiting for device .{1,128})/;
const NEEDED =
  /^(?:\[DEPEND\] )?(Dependency failed for (?:\/sysroot|sysroot\.mount|Local File Systems|local-fs\.target|(?:initrd-[\w.-]+ - )?Initrd )[\w. -]{0,64})/;

/** Failures of systemd itself; its next line only says that it gives up. */
const OF_MANAGER =
  /^(Failed to (?:mount|create|allocate|open|load|start up|isolate|determine) .{1,160}: .{1,64}|Cannot determine cgroup we are running in: .{1,64})/;

/** GRUB, grub-core/kern/err.c: grub_print_error */
const OF_LOADER = /^error: (.{1,160})/;

/** Every line that is looked at contains one of these. */
export const REASON_WORDS: readonly string[] = [
  ' does not exist',
  "' not found",
  'find root device',
  ' real root',
  'Root device mounted ',
  'as root file',
  'requires a manual fsck',
  'RUN fsck MANUALLY',
  'Target filesystem ',
  'No root device ',
  'Unable to find a ',
  'error: ',
  'No init found. ',
  'Gave up waiting ',
  'mount: mounting ',
  'mount: /sysroot',
  'mount: /new',
  'mount: /root',
  'initqueue timeout',
  'initqueue: timeout',
  'Could not boot',
  'Failed to ',
  'Timed out waiting for device ',
  'Dependency failed for ',
  'Cannot determine cgroup',
];

/** What was said longer ago has been overcome. */
const REACH_BYTES = 262_144;

interface Reason {
  readonly text: string;
  readonly end: number;
}

export function createStuckReasons(): StuckReasons {
  let first: Reason | undefined;
  let late: Reason | undefined;
  let unit: Reason | undefined;
  let needed: Reason | undefined;
  let loader: Reason | undefined;

  function add(text: string, end: number): void {
    const fits = (reason: Reason | undefined) =>
      reason !== undefined && end - reason.end < REACH_BYTES ? reason : undefined;
    const found = IN_INITRAMFS.map((pattern) => pattern.exec(text)?.[1]).find(Boolean);
    if (found !== undefined) first = fits(first) ?? { text: found, end };
    const slow = NO_DEVICE_IN_TIME.exec(text)?.[1];
    if (slow !== undefined) late = fits(late) ?? { text: slow, end };
    const failed = UNIT.exec(text)?.[1] ?? OF_MANAGER.exec(text)?.[1];
    if (failed !== undefined) unit = { text: failed, end };
    const error = OF_LOADER.exec(text)?.[1];
    if (error !== undefined) loader = { text: error, end };
    const dependency = NEEDED.exec(text)?.[1];
    if (dependency !== undefined) needed = fits(needed) ?? fits(unit) ?? { text: dependency, end };
  }

  return {
    add,
    find(where, end) {
      const all = {
        initramfs: [first, late, needed, unit],
        units: [needed, unit, first, late],
        root: [first],
        loader: [loader],
      }[where];
      const reason = all.find((one) => one !== undefined && end - one.end < REACH_BYTES);
      return reason?.text.replace(/[.\s]+$/, '');
    },
    clear() {
      first = late = unit = needed = loader = undefined;
    },
  };
}
