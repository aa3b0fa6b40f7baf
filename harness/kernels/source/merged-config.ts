import type { Wanted } from '../../kconfig/fragments/request.ts';

/**
 * A configuration in which requests replace the values of the same symbols. The consequences are left
 * to `make olddefconfig`.
 */
export function mergedConfig(base: string, wanted: Wanted): string {
  const kept = base.split('\n').filter((line) => {
    const symbol = /^(?:# )?CONFIG_(\w+)(?:=| is not set)/.exec(line)?.[1];
    return symbol === undefined || !wanted.has(symbol);
  });
  const lines = [...wanted.values()].map(({ symbol, value }) =>
    value === 'n' ? `# CONFIG_${symbol} is not set` : `CONFIG_${symbol}=${value}`,
  );
  return [...kept.join('\n').trimEnd().split('\n'), ...lines, ''].join('\n');
}
