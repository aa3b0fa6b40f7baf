/** The functions of a stack, as each architecture and each tool prints them. */
import { normaliseFunction } from './function-name.ts';
import { machineryOf } from './machinery.ts';

export interface Frame {
  /** As printed. */
  readonly name: string;
  /** The source file, where a tool added it. */
  readonly file?: string;
  /** The unwinder marks what it found on the stack but cannot tell how it came there. */
  readonly isSure: boolean;
}

/**
 * Before a function: what else the stack holds there, as markers of other stacks, and addresses.
 * arch/x86/kernel/dumpstack.c, arch/arm/kernel/traps.c, arch/powerpc/kernel/process.c (two addresses
 * without `<`), arch/s390/kernel/dumpstack.c (brackets around the first), arch/um (an address and a
 * colon).
 */
const BEFORE = String.raw`^(?:[0-9a-f]{8,16}:|Call Trace:)?[ \t]*(?:<{1,2}/?[#A-Z]+>{1,2} *)?(?:\(? ?\[<?(?:0x)?[0-9a-f]{8,16}>?\] *){0,2}(?:\[<\(ptrval\)>\] *)?`;
const NAME = String.raw`(?<name>\.?[A-Za-z_$][\w.$]*)`;
const OFFSET = String.raw`\+(?:0x)?[0-9a-f]+/(?:0x)?[0-9a-f]+`;
const FRAME = new RegExp(`${BEFORE}(?<doubt>\\? )?(?::\\w+:)?${NAME}${OFFSET}(?<rest>.*)`);
/** scripts/decode_stacktrace.sh: files in place of the offset, first those of inlined functions. */
const DECODED = new RegExp(
  String.raw`${BEFORE}(?<doubt>\? )?${NAME} \((?<files>(?:\.{0,2}/)?[\w+.-]+(?:/[\w+.-]+)*:[\d?][^()]*)(?:\((?:discriminator|inlined)[^()]*\)[^()]*)?\)`,
);
/** arch/arm/kernel/traps.c: dump_backtrace_entry. Up to 3.13, the callee had an offset, too. */
const ARM = new RegExp(
  String.raw`^[ \t]*(?:\[<[0-9a-f]{8}>\] )?\(?(?<name>[A-Za-z_][\w.]*)(?:${OFFSET})?(?: \[\w+\])?\)? from (?:\[<[0-9a-f]{8}>\] )?\(?(?<caller>[A-Za-z_][\w.]*)(?:${OFFSET}(?<rest>.*)| .*\[inline\])`,
);
const UNRELIABLE = /^ *\(unreliable\)/;
const FILE = /^[ )]*(?:\[[^\]]*\] *)?((?:\.{0,2}\/)?[\w+.-]+(?:\/[\w+.-]+)+):\d/;

/**
 * The functions that a message names as a part of a stack: one, two on 32-bit ARM, or none. What is
 * marked as inlined is no function of its own: without the tool that marked it, it would not show,
 * and the same bug is to have the same place.
 */
export function readFrames(message: string): readonly Frame[] {
  const frame = FRAME.exec(message)?.groups;
  if (frame !== undefined) return [readFrame(frame)];
  const arm = message.includes(' from ') ? ARM.exec(message)?.groups : undefined;
  if (arm !== undefined) return readArmFrames(arm);
  const decoded = message.includes(' (') ? DECODED.exec(message)?.groups : undefined;
  if (decoded === undefined) return [];
  const { name = '', doubt, files = '' } = decoded;
  return [{ name, isSure: doubt === undefined, file: files.split(/:[\d?]+ ?/).at(-2) ?? '' }];
}

type Groups = Readonly<Record<string, string | undefined>>;

function readFrame({ name = '', doubt, rest = '' }: Groups): Frame {
  const file = FILE.exec(rest)?.[1];
  const isSure = doubt === undefined && !UNRELIABLE.test(rest);
  return file === undefined ? { name, isSure } : { name, isSure, file };
}

function readArmFrames({ name = '', caller = '', rest }: Groups): readonly Frame[] {
  const callee = { name, isSure: true };
  return rest === undefined ? [callee] : [callee, readFrame({ name: caller, rest })];
}

/** A function that may be where a bug is, by its name for every kernel; not machinery. */
export function keepCause(name: string | undefined, file?: string): string | undefined {
  if (name === undefined) return undefined;
  const kind = machineryOf(name, file);
  return kind === undefined || kind === 'allocator' ? normaliseFunction(name) : undefined;
}
