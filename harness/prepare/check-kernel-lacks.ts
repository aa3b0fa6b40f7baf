/**
 * Whether kernels that are not built by kmx have the symbols that configs ask for. A cell that would test something else than its name says must not run.
 */
import { UsageError } from '../errors.ts';
import type { KernelImage } from '../kernels/kernel-image.ts';
import { describeLack, findLacks, type Lacks } from '../kernels/lacks.ts';
import type { Cell } from '../matrix/cell.ts';
import { type Matrix, namedValue } from '../matrix/matrix.ts';
import { count } from '../phrases.ts';

/**
 * Throws a UsageError that lists what kernels lack, if any does.
 * @param images By name; without those that are not available: their cells are a miss anyway.
 */
export async function checkKernelLacks(
  { kernels, configs }: Pick<Matrix, 'kernels' | 'configs'>,
  cells: readonly Cell[],
  images: ReadonlyMap<string, KernelImage>,
  cacheRoot: string,
): Promise<void> {
  const asking = cells.filter(
    ({ build, config }) => build === undefined && namedValue(configs, config).kconfig !== undefined,
  );
  const pairs = Map.groupBy(asking, ({ kernel, config }) => `${kernel}\n${config}`);
  const found = await Promise.all(
    [...pairs.values()].map(async (own) => ({ own, lacks: await lacksOf(own) })),
  );

  async function lacksOf([cell]: readonly Cell[]): Promise<Lacks> {
    const image = cell && images.get(cell.kernel);
    const kconfig = cell && namedValue(configs, cell.config).kconfig;
    if (image === undefined || kconfig === undefined) return { kind: 'none' };
    return await findLacks(kconfig, image, cacheRoot);
  }

  const lacking = found.filter(({ lacks }) => lacks.kind !== 'none');
  if (lacking.length === 0) return;
  const number = lacking.reduce((sum, { own }) => sum + own.length, 0);
  const isBuildable = lacking.some(({ own: [cell] }) =>
    cell === undefined ? false : namedValue(kernels, cell.kernel).kind.startsWith('debian'),
  );
  throw new UsageError(
    `${count(number, 'cell')} cannot be what the config asks for: the kernel is as it is, and has another configuration`,
    {
      code: 'KERNEL_LACKS',
      output: lacking.flatMap(({ own, lacks }) => describe(own, lacks)).join('\n'),
      remedy: `${isBuildable ? 'give the kernel `or_build`, sources to build it from (docs/matrix.md), or take' : 'take'} these cells out with \`exclude\``,
    },
  );
}

function describe(cells: readonly Cell[], lacks: Lacks): readonly string[] {
  const [cell] = cells;
  if (cell === undefined || lacks.kind === 'none') return [];
  const more = cells.length - 1;
  const which = more === 0 ? cell.id : `${cell.id} and ${count(more, 'other cell')}`;
  const head = `kernel ${cell.kernel}, config ${cell.config} (${which})`;
  if (lacks.kind === 'unknown') return [`${head}: its configuration is not known: ${lacks.why}`];
  return [`${head} lacks:`, ...lacks.symbols.map((lost) => `    ${describeLack(lost)}`)];
}
