/** The cell that a bisect measures with one kernel after the other, and the matrix that it is in. */
import { UsageError } from '../../errors.ts';
import type { Cell, NamedCell } from '../../matrix/cell.ts';
import { axesOf, expandMatrix } from '../../matrix/expand.ts';
import { CELL_KEYS } from '../../matrix/grid.ts';
import type { GuestConfig, KconfigRequest, KernelSource, Matrix } from '../../matrix/matrix.ts';
import { namedValue } from '../../matrix/matrix.ts';
import { matcherOf } from '../../matrix/only.ts';
import { listWords, quote } from '../../matrix/problem.ts';

/** Where a kernel is tried: all of a cell but the kernel; and what runs there. */
export interface MeasuredPlace extends Omit<NamedCell, 'id' | 'kernel'> {
  /** Words of titles of tests; absent: all tests of the cell. */
  readonly testFilter?: string;
}

/** A kernel to be tried. Its name is safe as the name of a file. */
export interface TriedKernel {
  readonly name: string;
  readonly source: KernelSource;
  /** What its configuration must have, on top of what the place's config asks for. */
  readonly kconfig?: KconfigRequest;
}

/**
 * What `--test` means: words as `--only` takes them, `v1 unguarded ":CPU quota"`. The first config and
 * the first machine of the matrix are meant unless words name others; the cgroup mode and the agent must
 * be clear. Throws a UsageError if they are not.
 */
export function findPlace(
  matrix: Matrix,
  words: readonly string[],
  kernel: TriedKernel,
): MeasuredPlace {
  const cellWords = words.map((word) => word.split(':', 1)[0] ?? '').filter(Boolean);
  const testWords = words
    .filter((word) => word.includes(':'))
    .map((word) => word.slice(word.indexOf(':') + 1));
  const cells = cellsWith(matrix, kernel);
  const axes = axesOf(matrix);
  const names = new Set(CELL_KEYS.flatMap((key) => axes[key]));
  const matching = cellWords.reduce(
    (left, word) => left.filter(matcherOf(word, names)),
    cells.map(withoutKernel),
  );
  const [first] = matching;
  if (first === undefined) throw noPlace(cellWords, cells);
  for (const key of ['cgroup', 'agent'] as const) {
    const values = [...new Set(matching.map((cell) => cell[key]))];
    if (values.length > 1) throw unclearPlace(key, values, words);
  }
  const { config, cgroup, agent, machine } = first;
  const testFilter = testWords.length === 0 ? {} : { testFilter: testWords.join(' ') };
  return { config, cgroup, agent, machine, ...testFilter };
}

/** Words are about everything but the kernel, which changes. */
function withoutKernel(cell: Cell): NamedCell {
  return { ...cell, kernel: '', id: cell.id.slice(cell.kernel.length + 1) };
}

function cellsWith(matrix: Matrix, kernel: TriedKernel): readonly Cell[] {
  const cells = expandMatrix(withKernel(matrix, kernel));
  return cells.filter((cell) => cell.kernel === kernel.name);
}

/** The matrix with one more kernel, and nothing excluded: what excludes is about other kernels. */
function withKernel(matrix: Matrix, { name, source }: TriedKernel): Matrix {
  const kernels = new Map([...matrix.kernels, [name, source]]);
  return { ...matrix, kernels, exclude: [], include: [] };
}

/** A matrix in which the kernel is tried at the place, and that one cell. */
export function placeKernel(
  matrix: Matrix,
  kernel: TriedKernel,
  place: MeasuredPlace,
): { readonly matrix: Matrix; readonly cell: Cell } {
  const { config, cgroup, agent, machine } = place;
  const configs = new Map(matrix.configs);
  if (kernel.kconfig !== undefined) {
    configs.set(config, askMore(namedValue(matrix.configs, config), kernel.kconfig));
  }
  const own = withKernel({ ...matrix, configs, cgroups: [cgroup] }, kernel);
  const cell = expandMatrix(own).find(
    (each) =>
      each.kernel === kernel.name &&
      each.config === config &&
      each.agent === agent &&
      each.machine === machine,
  );
  if (cell === undefined) throw notStarted(kernel, machine);
  return { matrix: own, cell };
}

function askMore(config: GuestConfig, { fragments, symbols }: KconfigRequest): GuestConfig {
  const before = config.kconfig ?? { fragments: [], symbols: {} };
  return {
    ...config,
    kconfig: {
      fragments: [...before.fragments, ...fragments],
      symbols: { ...before.symbols, ...symbols },
    },
  };
}

function noPlace(words: readonly string[], cells: readonly Cell[]): UsageError {
  const [example] = cells.map(withoutKernel);
  return new UsageError(`--test: no cell matches ${words.map(quote).join(' ')}`, {
    code: 'TEST_UNKNOWN',
    remedy: `words are parts of ${quote(example?.id ?? '')}, without the kernel; put words of a test's title after a colon: ":CPU quota"`,
  });
}

function unclearPlace(
  key: 'cgroup' | 'agent',
  values: readonly string[],
  words: readonly string[],
): UsageError {
  const what = key === 'cgroup' ? 'cgroup mode' : 'agent';
  return new UsageError(`--test: expected one ${what}, found ${listWords(values, 'and')}`, {
    code: 'TEST_UNCLEAR',
    remedy: `name one of them: --test ${[...words, values[0] ?? ''].map(quote).join(' ')}`,
  });
}

function notStarted({ name }: TriedKernel, machine: string): UsageError {
  return new UsageError(`${name}: the machine ${machine} cannot start this kernel`, {
    code: 'KERNEL_NOT_STARTED',
    remedy: 'name a machine of another kind in --test',
  });
}
