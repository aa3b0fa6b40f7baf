/** The symbols of a running kernel, as `/proc/kallsyms` lists them (Linux kernel/kallsyms.c, `s_show`). */

export interface KernelSymbol {
  readonly name: string;
  readonly address: bigint;
  /** Functions have `t` or `T`. */
  readonly isCode: boolean;
}

/** `ffffffff81000000 T _text`, and for what is in a module, a tab and `[name]`. */
const LINE = /^([0-9a-f]{16}) ([A-Za-z]) ([^\s]+)(?:\t\[[^\]]+\])?$/;
/** Of data (`d`, `D`), constants (`r`, `R`), what is zero at first (`b`, `B`), functions, and their weak forms. */
const KINDS = /^[tTwWdDrRbBvV]$/;

/**
 * Those that lie in memory. Lines of another form are passed over. Empty if the kernel hides its addresses,
 * which it then lists as 0.
 */
export function parseKallsyms(text: string): KernelSymbol[] {
  const symbols: KernelSymbol[] = [];
  for (const line of text.split('\n')) {
    const [, address, kind, name] = LINE.exec(line) ?? [];
    if (address === undefined || kind === undefined || name === undefined) continue;
    const isHigh = address.startsWith('ffff');
    if (!isHigh || !KINDS.test(kind)) continue;
    symbols.push({ name, address: BigInt(`0x${address}`), isCode: /[tTwW]/.test(kind) });
  }
  return symbols;
}
