import { digestOf } from '../../cache/digest.ts';
import type { ConfigDisagreement, ConfigFacts, ConfigOrigin } from '../../events.ts';
import { diffConfigs } from '../../kconfig/diff-configs.ts';
import type { KernelConfig } from '../../kconfig/kernel-config.ts';
import { parseKernelConfig } from '../../kconfig/parse-config.ts';
import { omitUndefined } from '../../omit-undefined.ts';

/** A configuration of a kernel, and where it was found. */
export interface FoundKernelConfig {
  readonly from: ConfigOrigin;
  readonly text: Buffer;
  readonly config: KernelConfig;
}

/** Undefined for a text without a symbol. */
export function configIn(from: ConfigOrigin, text: Buffer): FoundKernelConfig | undefined {
  const parsed = parseKernelConfig(text);
  return parsed.kind === 'config' ? { from, text, config: parsed.config } : undefined;
}

/** What was compiled in is what was booted; a file may belong to another build. */
const TRUST: readonly ConfigOrigin[] = ['guest', 'host', 'image', 'build', 'package', 'file'];
const SYMBOLS_MAX = 5;

/** What a report says of the configurations of one kernel; undefined if there is none. */
export function describeConfigs(found: readonly FoundKernelConfig[]): ConfigFacts | undefined {
  const [first, ...others] = found.toSorted(
    (one, other) => TRUST.indexOf(one.from) - TRUST.indexOf(other.from),
  );
  if (first === undefined) return undefined;
  const alsoFrom: ConfigOrigin[] = [];
  const disagreements: ConfigDisagreement[] = [];
  for (const { from, text, config } of others) {
    const symbols = diffConfigs([first.config, config]).map(({ symbol }) => symbol);
    if (symbols.length === 0) alsoFrom.push(from);
    else {
      const count = symbols.length;
      const digest = digestOf(text);
      disagreements.push({ from, digest, symbols: symbols.slice(0, SYMBOLS_MAX), count });
    }
  }
  return {
    digest: digestOf(first.text),
    from: first.from,
    ...(alsoFrom.length === 0 ? {} : { alsoFrom }),
    ...(disagreements.length === 0 ? {} : { disagreements }),
    ...omitUndefined({ compiler: first.config.compiler }),
  };
}
