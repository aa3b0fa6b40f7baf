import { lineOf } from '../../../bisect/change.ts';
import { digestOf } from '../../../cache/digest.ts';
import type { KernelConfig } from '../../../kconfig/kernel-config.ts';
import { calculate } from '../../../kconfig/language/calculate.ts';
import { valuesIn } from '../../../kconfig/language/config-values.ts';
import { parseKconfigTree } from '../../../kconfig/language/parse-tree.ts';
import { parseKernelConfig } from '../../../kconfig/parse-config.ts';
import type { Completed, ConfigBench } from '../config-bench.ts';

/** A bench whose `olddefconfig` is kmx's own calculation; its kernels are only names. */
export function createFakeBench(kconfig: string): ConfigBench {
  const tree = parseKconfigTree((path) => (path === 'Kconfig' ? kconfig : undefined), {});
  const complete = async (text: string): Promise<Completed> => {
    const asked = readConfig(text);
    const has = valuesIn(asked, tree);
    const values = calculate(
      tree,
      (symbol) => (asked.symbols.has(symbol) ? has(symbol) : undefined),
      () => 'n',
    );
    const whole = [...tree.symbols.keys()]
      .map((symbol) => lineOf(symbol, values(symbol) ?? 'n'))
      .join('');
    const digest = digestOf(whole);
    return { digest, effective: readConfig(whole), path: digest };
  };
  return {
    tree,
    complete,
    kernelWith: (name, { path }) => ({ name, source: { kind: 'path', image: path } }),
  };
}

function readConfig(text: string): KernelConfig {
  const parsed = parseKernelConfig(text);
  return parsed.kind === 'config' ? parsed.config : { symbols: new Map() };
}
