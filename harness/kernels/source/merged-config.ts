import type { Wanted } from '../../kconfig/fragments/request.ts';

/**
 * Unless a configuration names a key for its modules, each build generates one and puts the certificate into the image
 * (certs/Kconfig, certs/Makefile), which then differs each time. kmx signs no modules. A kernel that cannot check
 * signatures does not have the symbol, and `olddefconfig` drops the line.
 */
const KEY = 'MODULE_SIG_KEY';
const GENERATED = `CONFIG_${KEY}="certs/signing_key.pem"`;
const NO_KEY = `CONFIG_${KEY}=""`;

/**
 * A configuration in which requests replace the values of the same symbols, and that generates no key for modules. The
 * consequences are left to `make olddefconfig`.
 */
export function mergedConfig(base: string, wanted: Wanted): string {
  const kept = base.split('\n').filter((line) => {
    const symbol = /^(?:# )?CONFIG_(\w+)(?:=| is not set)/.exec(line)?.[1];
    return symbol === undefined || (!wanted.has(symbol) && line !== GENERATED);
  });
  const lines = [...wanted.values()].map(({ symbol, value }) =>
    value === 'n' ? `# CONFIG_${symbol} is not set` : `CONFIG_${symbol}=${value}`,
  );
  const namesKey = wanted.has(KEY) || kept.some((line) => line.startsWith(`CONFIG_${KEY}=`));
  const all = [...kept.join('\n').trimEnd().split('\n'), ...lines, ...(namesKey ? [] : [NO_KEY])];
  return [...all, ''].join('\n');
}
