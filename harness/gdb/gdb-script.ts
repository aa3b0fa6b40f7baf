/** Commands for gdb, one a line, which connect it and say what it can know about the target. */

export interface ProgramScript {
  readonly socket: string;
  /** The program's file on this host, with whatever symbols it has. */
  readonly file: string;
  /** Its libraries are read from the guest. */
  readonly hasLibraries: boolean;
  /** The folder that its sources' names are relative to. */
  readonly sources?: string;
  /** As the program's symbol table has it: gdb stops there. */
  readonly panicSymbol?: string;
}

export interface KernelScript {
  readonly socket: string;
  /** A file with the kernel's symbols; absent: there is none. */
  readonly symbols?: { readonly file: string; readonly offset: bigint };
  /** The kernel's own commands for gdb (`lx-…`). */
  readonly scripts?: string;
}

/** An emulated guest that shares its host's CPUs may answer late: seconds, by default 2. */
const TIMEOUT = 'set remotetimeout 120';

export function programScript(script: ProgramScript): string {
  const { socket, file, hasLibraries, sources, panicSymbol } = script;
  return lines([
    TIMEOUT,
    `file ${quote(file)}`,
    // Without libraries there is nothing to look for, here or there.
    hasLibraries ? 'set sysroot target:' : 'set sysroot',
    ...(sources === undefined ? [] : [`directory ${sources}`]),
    `target remote ${socket}`,
    ...(panicSymbol === undefined ? [] : stopAtPanic(panicSymbol)),
  ]);
}

export function kernelScript({ socket, symbols, scripts }: KernelScript): string {
  return lines([
    TIMEOUT,
    'set architecture i386:x86-64',
    ...(symbols === undefined ? [] : [loadSymbols(symbols)]),
    `target remote ${socket}`,
    // After a panic the guest is reset, and nothing is left to look at.
    ...(symbols === undefined ? [] : ['break panic']),
    ...(scripts === undefined ? [] : [`source ${scripts}`]),
  ]);
}

/** The kernel was loaded at a random address (KASLR), which its symbols are moved to. */
function loadSymbols({ file, offset }: { file: string; offset: bigint }): string {
  const moved = offset === 0n ? '' : `-o 0x${offset.toString(16)} `;
  return `symbol-file ${moved}${quote(file)}`;
}

/**
 * Selects the frame of the program's own code that panicked: those of Rust's library and of packages are
 * passed over. Needs gdb's Python; without, gdb stops all the same.
 */
function stopAtPanic(symbol: string): readonly string[] {
  return [
    `break ${symbol}`,
    'python',
    'class PanicFrame(gdb.Command):',
    '    """Select the frame of the program\'s own code that panicked."""',
    '    def __init__(self):',
    '        super().__init__("panic-frame", gdb.COMMAND_STACK)',
    '    def invoke(self, words, is_typed):',
    '        frame = gdb.newest_frame()',
    '        while frame is not None:',
    '            table = frame.find_sal().symtab',
    '            file = "" if table is None else table.fullname()',
    '            if file and "/rustc/" not in file and "/registry/src/" not in file:',
    '                frame.select()',
    '                gdb.execute("frame")',
    '                return',
    '            frame = frame.older()',
    '        print("no frame has a known source: try bt")',
    'PanicFrame()',
    'end',
    'commands',
    'panic-frame',
    'end',
  ];
}

/** Some commands read their words as a shell does. */
function quote(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}

function lines(commands: readonly string[]): string {
  return `${commands.join('\n')}\n`;
}
