/** The sources of a very small kernel, and a compiler that configures and builds it: only their form is real. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseKernelConfig } from '../../../kconfig/parse-config.ts';
import { buildBzImage } from '../../testing/build-kernel.ts';
import type { Compiler } from '../compiler.ts';

const FILES: Readonly<Record<string, string>> = {
  Makefile:
    '# SPDX\nVERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 3\nEXTRAVERSION =\nNAME = Miniature\n',
  'scripts/kconfig/Makefile': '# nothing\n',
  Kconfig: `config CGROUPS
	bool "Control groups"

config CPUSETS
	bool "Cpusets"
	depends on CGROUPS

config CPUSETS_V1
	bool "Cpusets of version 1"
	depends on CPUSETS

config EXPERT
	bool "Experts"
	default y
`,
};

/** What each symbol depends on. */
const DEPENDS: Readonly<Record<string, string | undefined>> = {
  CGROUPS: undefined,
  CPUSETS: 'CGROUPS',
  CPUSETS_V1: 'CPUSETS',
  EXPERT: undefined,
};

export async function writeMiniatureTree(
  folder: string,
  changes: Readonly<Record<string, string>> = {},
): Promise<void> {
  for (const [path, text] of Object.entries({ ...FILES, ...changes })) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

export interface RecordedRun {
  readonly goal: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Does what Kconfig and Kbuild would do with the miniature tree, and records what it was asked. */
export class MiniatureCompiler implements Compiler {
  readonly version = 'miniature 1';
  readonly digest: string = 'sha256:miniature';
  readonly place: Compiler['place'] = 'container';
  readonly runs: RecordedRun[] = [];
  /** What make prints, and fails with, instead of making anything. */
  fault: string | undefined;

  readonly run: Compiler['run'] = async (words, { onLine, environment = {}, signal }) => {
    const goal = words.at(-1) ?? '';
    this.runs.push({ goal, environment });
    signal?.throwIfAborted();
    if (this.fault !== undefined) {
      onLine?.(this.fault, 'stderr');
      return 2;
    }
    const output = words.find((word) => word.startsWith('O='))?.slice(2) ?? '';
    if (goal === 'bzImage') {
      const folder = join(output, 'arch/x86/boot');
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'bzImage'), buildBzImage('6.12.3-mini'));
      return 0;
    }
    const given = environment.KCONFIG_ALLCONFIG ?? join(output, '.config');
    const before = await readFile(given).catch(() => Buffer.from(''));
    await writeFile(join(output, '.config'), complete(before));
    await mkdir(join(output, 'include/config'), { recursive: true });
    return 0;
  };
}

function complete(text: Buffer): string {
  const parsed = parseKernelConfig(text);
  const asked = parsed.kind === 'no-config' ? new Map() : parsed.config.symbols;
  const isOn = (symbol: string): boolean => {
    const needed = DEPENDS[symbol];
    return asked.get(symbol) === 'y' && (needed === undefined || isOn(needed));
  };
  const lines = Object.entries(DEPENDS).flatMap(([symbol, needed]) => {
    if (needed !== undefined && !isOn(needed)) return [];
    return [isOn(symbol) ? `CONFIG_${symbol}=y` : `# CONFIG_${symbol} is not set`];
  });
  return ['#', '# Linux/x86 6.12.3 Kernel Configuration', '#', ...lines, ''].join('\n');
}
