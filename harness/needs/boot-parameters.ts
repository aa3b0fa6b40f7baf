/**
 * A kernel's command line, read as the kernel reads it (lib/cmdline.c: next_arg, kernel/params.c: parameq).
 * Our own code: shells and their libraries split by other rules.
 */
import type { KernelConfig } from '../kconfig/kernel-config.ts';
import type { BootParameterRule } from './feature.ts';
import { holdsIn } from './versions.ts';

/** Each time that these are given adds to their list; of every other parameter the last one counts. */
const LISTS: ReadonlySet<string> = new Set(['cgroup_disable', 'cgroup_no_v1', 'cgroup.memory']);

interface Parameter {
  readonly name: string;
  readonly value: string;
}

/**
 * What a kernel is booted with, and what its build put before that.
 * arch/x86/kernel/setup.c: CONFIG_CMDLINE precedes the boot loader's words, or replaces them.
 */
export function effectiveCmdline(cmdline: string, config: KernelConfig | undefined): string {
  const built = config?.symbols.get('CMDLINE_BOOL') === 'y' ? config.symbols.get('CMDLINE') : '';
  const words = (built ?? '').replace(/^"(.*)"$/s, '$1').replaceAll('\\"', '"');
  if (words === '') return cmdline;
  return config?.symbols.get('CMDLINE_OVERRIDE') === 'y' ? words : `${words} ${cmdline}`;
}

/** The parameter with the word that a rule is about, as `name=word`; undefined if there is none. */
export function findRuledWord(
  cmdline: string,
  rule: BootParameterRule,
  release: string,
): string | undefined {
  if (!holdsIn(rule, release)) return undefined;
  const given = parseCmdline(cmdline).filter(({ name }) => name === normalName(rule.name));
  const counting = LISTS.has(rule.name) ? given : given.slice(-1);
  const words = counting.flatMap(({ value }) => value.split(','));
  const word = words.find((candidate) => rule.words.includes(candidate));
  return word === undefined ? undefined : `${rule.name}=${word}`;
}

function parseCmdline(cmdline: string): readonly Parameter[] {
  const words: readonly string[] = cmdline.match(/(?:[^\s"]|"[^"]*(?:"|$))+/g) ?? [];
  // What follows is for init.
  const end = words.indexOf('--');
  return words.slice(0, end === -1 ? undefined : end).map((word) => {
    const text = word.replaceAll('"', '');
    const at = text.indexOf('=');
    return at === -1
      ? { name: normalName(text), value: '' }
      : { name: normalName(text.slice(0, at)), value: text.slice(at + 1) };
  });
}

/** kernel/params.c: dash2underscore. */
function normalName(name: string): string {
  return name.replaceAll('-', '_');
}
