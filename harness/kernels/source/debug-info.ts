/** Debug information in the configurations of distributions. */
import type { Wanted } from '../../kconfig/fragments/request.ts';

/** `DEBUG_INFO`, the choice of its format, and what is made from it, such as BTF (lib/Kconfig.debug). */
const DEBUG_INFO = /^DEBUG_INFO(?:_|$)/;
const LINE = /^(?:# )?CONFIG_(DEBUG_INFO(?:_\w+)?)(?:=.*| is not set)$/gm;

interface WholeConfig {
  readonly shown: string;
  readonly text: string;
}

/**
 * Distributions build kernels with debug information, for packages of their own. A guest runs the same without it, while
 * a build needs a sixth more CPU time, many times the disk space, and pahole for it. It stays if a request concerns it.
 */
export function withoutDebugInfo<Config extends WholeConfig>(
  config: Config,
  wanted: Wanted,
): Config & { readonly notes?: readonly string[] } {
  const isAskedFor = [...wanted.keys()].some((symbol) => DEBUG_INFO.test(symbol));
  const { text, shown } = config;
  if (isAskedFor || !/^CONFIG_DEBUG_INFO=y$/m.test(text)) return config;
  // Since 5.18 it is a choice, which has a member for none.
  const none = ['# CONFIG_DEBUG_INFO is not set', 'CONFIG_DEBUG_INFO_NONE=y', ''];
  const rest = text.replace(LINE, '').trimEnd();
  const what = /^CONFIG_DEBUG_INFO_BTF=y$/m.test(text)
    ? { name: 'debug information and BTF', symbol: 'DEBUG_INFO_BTF' }
    : { name: 'debug information', symbol: 'DEBUG_INFO' };
  const note = `built without the ${what.name} of the ${shown}; request CONFIG_${what.symbol}=y to have it`;
  return { ...config, text: [rest, ...none].join('\n'), notes: [note] };
}
