/** First lines of what ends a kernel or leaves it nothing to run. */
import { describeExitCode, nameException } from './panic-codes.ts';
import { DIE, firstGroup, type IndexedPattern, starting } from './report-start.ts';

/** Without `not syncing` up to 2.6; other words for the first letter are those of boot loaders. */
const PANIC = '[Kk]ernel panic(?: - not syncing)?: ';
const BEGINNING = new RegExp(`^${PANIC}`);
const WORDS = ['ernel panic - ', 'ernel panic: '];
const INIT_DEATH = 'Attempted to kill init!';

export const PANIC_PATTERNS: readonly IndexedPattern[] = [
  // init/do_mounts.c, init/main.c: nothing to run.
  {
    words: WORDS,
    text: starting(
      PANIC,
      'VFS: Unable to mount root fs.*',
      'No (?:working )?init found',
      String.raw`Requested init \S+ failed.*`,
    ),
    class: 'boot-failure',
    // Since 6.5 the name of the device comes first.
    title: ([text]) => text.replace(BEGINNING, '').replace(/"[^"]*" or |\.$/g, ''),
    placeIn: 'nowhere',
  },
  // kernel/exit.c: do_exit. No other panic has an exit code, however garbled the line is.
  {
    words: ['exitcode=0x'],
    text: /^(?!---)[^"'`|]{0,24}(?:panic - |not syncing: |Attempted to )[^"'`]{0,64}exitcode=0x([0-9a-f]{8})/,
    class: 'kernel-panic',
    title: ([, code = '']) => `Kernel panic: ${INIT_DEATH} (${describeExitCode(code)})`,
    placeIn: 'nowhere',
  },
  {
    words: WORDS,
    text: new RegExp(`^${PANIC}Attempted to kill init!`),
    class: 'kernel-panic',
    title: () => `Kernel panic: ${INIT_DEATH}`,
    placeIn: 'nowhere',
  },
  // kernel/panic.c: __stack_chk_fail; an address only up to 3.x.
  {
    words: WORDS,
    text: new RegExp(
      `^${PANIC}(stack-protector: Kernel stack is corrupted) in: (?:(?<place>[A-Za-z_][\\w.]*)\\+0x)?`,
    ),
    class: 'kernel-panic',
    title: ([, what = '']) => `Kernel panic: ${what}`,
    unplaced: 'title',
    placeIn: 'trace',
  },
  // mm/oom_kill.c: whoever asked for memory last is not at fault.
  {
    words: WORDS,
    text: new RegExp(`^${PANIC}((?:Out of memory|System is deadlocked on memory).*)`),
    class: 'kernel-panic',
    title: titleOfPanic,
    placeIn: 'nowhere',
  },
  // kernel/panic.c
  {
    words: WORDS,
    // A placeholder in brackets is documentation's.
    text: new RegExp(`^${PANIC}(?!<[a-z ]+>)(.*)`),
    class: 'kernel-panic',
    title: titleOfPanic,
    unplaced: 'title',
    placeIn: 'trace',
  },
  // Where the end of the line is lost.
  {
    words: ['ernel panic - '],
    text: /^[Kk]ernel panic - [a-z ]{0,12}:?$/,
    class: 'kernel-panic',
    title: () => 'Kernel panic',
    unplaced: 'title',
    placeIn: 'trace',
  },
  // arch/x86/kernel/traps.c
  {
    words: ['PANIC: double fault'],
    text: /^(?:traps: )?PANIC: (double fault)/,
    title: firstGroup,
    placeIn: 'instruction',
    follow: [DIE],
  },
  // arch/x86/kernel/head_64.S, arch/x86/mm/extable.c: early_fixup_exception; the CPU halts.
  {
    words: ['PANIC: early exception'],
    text: /^PANIC: early exception (?:0x)?([0-9a-f]+)/,
    class: 'kernel-panic',
    title: ([, vector = '']) => `early exception: ${nameException(vector)}`,
    placeIn: 'instruction',
  },
];

function titleOfPanic([, why = '']: RegExpExecArray): string {
  // The option that made a warning a panic comes first since 6.1.
  return `Kernel panic: ${why.replace(/^.*\b(\w+ set) \.\.\.$/, '$1').replace(/\.+$/, '')}`;
}

/** Reports of what takes too long; each has a panic of its own. */
const SLOW =
  /^(?:RCU stall|hung task|task can't die|BUG: (?:soft|workqueue) lockup|hard LOCKUP|unregister_netdevice)/;
/** Reports after which nothing has to end. */
const HARMLESS =
  /^(?:RCU stall|hung task|task can't die|BUG: (?:soft|workqueue) lockup|unregister_netdevice|WARNING|kmemleak)/;

/** What the kernel dies of because it was told to, or because the task that a fault ended was vital. */
const FOLLOW_UPS: readonly (readonly [panic: RegExp, isCause: (title: string) => boolean])[] = [
  [/^softlockup: /, (title) => title.startsWith('BUG: soft lockup')],
  [/^hung_task: /, (title) => /^(?:hung task|task can't die)/.test(title)],
  [/^RCU Stall/, (title) => title.startsWith('RCU stall')],
  [/^Hard L/, (title) => title.startsWith('hard LOCKUP')],
  [/^BUG: workqueue lockup/, (title) => title.startsWith('BUG: workqueue lockup')],
  [/\S+ set$/, (title) => !SLOW.test(title)],
  [
    new RegExp(
      `^(?:BRK handler: )?(?:${[
        'Fatal exception',
        'Aiee, killing interrupt handler',
        'Attempted to kill the idle task',
        'Machine halted$',
        'BUG!$',
        'Oops(?:$|: )',
      ].join('|')})`,
    ),
    (title) => !HARMLESS.test(title),
  ],
];

/**
 * A panic that only says that an earlier report was one too many (`panic_on_oops` and the like).
 * @param cause The earlier report; any, if it is not known yet.
 */
export function isFollowUp(
  { title }: { readonly title: string },
  cause?: { readonly title: string },
): boolean {
  const [, why] = /^Kernel panic: (.*)/.exec(title) ?? [];
  if (why === undefined) return false;
  return FOLLOW_UPS.some(
    ([panic, isCause]) => panic.test(why) && (cause === undefined || isCause(cause.title)),
  );
}

export function isInitDeath({ title }: { readonly title: string }): boolean {
  return title.includes(INIT_DEATH);
}
