import type { Explain } from '../facts/fact-sheet.ts';
import type { KernelConfig } from '../kconfig/kernel-config.ts';
import { causesBehind, NOT_KNOWN } from '../needs/causes.ts';
import type { Features } from '../needs/feature.ts';
import { describeReason } from '../needs/words.ts';
import { omitUndefined } from '../omit-undefined.ts';

/**
 * Says why a kernel lacks something. Without the kernel's configuration, its version and command line
 * alone can be certain reasons; the symbols that could be one are then named together.
 * @param configs By the kernel's name.
 */
export function explainWith(
  features: Features,
  configs: ReadonlyMap<string, KernelConfig>,
): Explain {
  return (fact, { kernel, release, cmdline }) => {
    const known = omitUndefined({ release, cmdline, config: configs.get(kernel) });
    const causes = causesBehind(fact, known, features);
    const unknown = causes.flatMap((cause) =>
      cause.kind === 'symbol' && cause.state === NOT_KNOWN ? [cause.symbol] : [],
    );
    if (unknown.length === 0) return causes.map(describeReason);
    return [`perhaps ${unknown.join(' or ')}: the run has no configuration of this kernel`];
  };
}
