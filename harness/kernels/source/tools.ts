/** What a host must have to configure and build a kernel, beyond its compiler. */
import { InfraError } from '../../errors.ts';
import { hasProgram } from './host-compiler.ts';

/** A program or a header file, and the package of Debian that has it. */
export type Tool = { readonly package: string } & (
  | { readonly program: string }
  | { readonly header: string }
);

/** Values of a configuration by symbol without `CONFIG_`; as far as they are known. */
export type KnownSymbols = ReadonlyMap<string, string | undefined>;

const ALWAYS: readonly Tool[] = [
  { program: 'make', package: 'make' },
  { program: 'gcc', package: 'gcc' },
  { program: 'ld', package: 'binutils' },
  { header: 'stdio.h', package: 'libc6-dev' },
  { program: 'flex', package: 'flex' },
  { program: 'bison', package: 'bison' },
  { program: 'bc', package: 'bc' },
];

/** What only some configurations need, from the kernel's Makefiles. */
const SOMETIMES: readonly { readonly tool: Tool; readonly symbols: readonly string[] }[] = [
  {
    // objtool and resolve_btfids, which run on this host.
    tool: { header: 'gelf.h', package: 'libelf-dev' },
    symbols: ['OBJTOOL', 'STACK_VALIDATION', 'UNWINDER_ORC', 'DEBUG_INFO_BTF'],
  },
  {
    tool: { header: 'openssl/opensslv.h', package: 'libssl-dev' },
    symbols: ['MODULE_SIG', 'SYSTEM_TRUSTED_KEYRING', 'SYSTEM_REVOCATION_LIST'],
  },
  { tool: { program: 'openssl', package: 'openssl' }, symbols: ['MODULE_SIG'] },
  { tool: { program: 'pahole', package: 'dwarves' }, symbols: ['DEBUG_INFO_BTF'] },
  { tool: { program: 'cpio', package: 'cpio' }, symbols: ['IKHEADERS'] },
  { tool: { program: 'rustc', package: 'rustc' }, symbols: ['RUST'] },
  { tool: { program: 'bindgen', package: 'bindgen' }, symbols: ['RUST'] },
  { tool: { program: 'bzip2', package: 'bzip2' }, symbols: ['KERNEL_BZIP2'] },
  { tool: { program: 'lz4', package: 'lz4' }, symbols: ['KERNEL_LZ4'] },
  { tool: { program: 'lzop', package: 'lzop' }, symbols: ['KERNEL_LZO'] },
  { tool: { program: 'xz', package: 'xz-utils' }, symbols: ['KERNEL_XZ', 'KERNEL_LZMA'] },
  { tool: { program: 'zstd', package: 'zstd' }, symbols: ['KERNEL_ZSTD'] },
];

/** What a kernel with these symbols is built with. */
export function toolsFor(symbols: KnownSymbols): readonly Tool[] {
  const isOn = (symbol: string) => ['y', 'm'].includes(symbols.get(symbol) ?? 'n');
  return [
    ...ALWAYS,
    ...SOMETIMES.filter((each) => each.symbols.some(isOn)).map(({ tool }) => tool),
  ];
}

/** Throws an InfraError that names all that this host lacks, and one command that gets it. */
export async function checkTools(tools: readonly Tool[]): Promise<void> {
  const missing = await findMissing(tools);
  if (missing.length > 0) throw lackOf(missing);
}

/** Compilers that the container of `--build-in container` does not have either. */
const RUST = ['rustc', 'bindgen'];

export function lackOf(missing: readonly Tool[]): InfraError {
  const packages = [...new Set(missing.map((tool) => tool.package))];
  const install = `apt-get install ${packages.join(' ')}`;
  const isInContainer = !packages.some((name) => RUST.includes(name));
  return new InfraError(
    `this host lacks what is needed to build kernels: ${missing.map(nameOf).join(', ')}`,
    {
      code: 'NO_BUILD_TOOLS',
      remedy: isInContainer
        ? `${install}; or, with Docker or Podman, add --build-in container`
        : install,
    },
  );
}

export function nameOf(tool: Tool): string {
  return 'program' in tool ? tool.program : tool.header;
}

/** @param has Whether the host has a tool; for tests. */
export async function findMissing(
  tools: readonly Tool[],
  has: (tool: Tool) => Promise<boolean> = isOnHost,
): Promise<readonly Tool[]> {
  const found = await Promise.all(tools.map(has));
  return tools.filter((_, index) => !found[index]);
}

/** A compiler knows best where headers are; without one, they are no use. */
async function isOnHost(tool: Tool): Promise<boolean> {
  if ('program' in tool) return await hasProgram(tool.program);
  const { execa } = await import('execa');
  const { failed } = await execa('gcc', ['-fsyntax-only', '-x', 'c', '-'], {
    input: `#include <${tool.header}>\n`,
    reject: false,
    env: { LC_ALL: 'C' },
  });
  return !failed;
}
