import { satisfies } from '../kconfig/fragments/check-effective.ts';
import type { LostSymbol } from '../kconfig/fragments/lost-symbol.ts';
import { mergeRequests } from '../kconfig/fragments/merge-requests.ts';
import { describeState } from '../kconfig/kernel-config.ts';
import type { KconfigRequest } from '../matrix/matrix.ts';
import { toLine } from '../text.ts';
import { findKernelConfigs, readKnownConfig } from './config/kernel-configs.ts';
import type { KernelImage } from './kernel-image.ts';
import { readRequests } from './source/fragments.ts';

/** The requested symbols that a kernel lacks which cannot be changed. */
export type Lacks =
  | { readonly kind: 'none' }
  | { readonly kind: 'some'; readonly symbols: readonly LostSymbol[] }
  /** One sentence. */
  | { readonly kind: 'unknown'; readonly why: string };

/** Throws a UsageError for fragments that cannot be read. */
export async function findLacks(
  kconfig: KconfigRequest,
  image: KernelImage,
  cacheRoot: string,
): Promise<Lacks> {
  const { wanted } = mergeRequests(await readRequests(kconfig));
  const known = await readKnownConfig(cacheRoot, image);
  if (known === undefined) {
    const found = await findKernelConfigs(cacheRoot, image);
    return { kind: 'unknown', why: found.kind === 'missing' ? found.why : NOT_READABLE };
  }
  const symbols = satisfies(wanted, known.config);
  return symbols.length === 0 ? { kind: 'none' } : { kind: 'some', symbols };
}

const NOT_READABLE = 'what is kept of it cannot be read';

/** `CONFIG_CPUSETS_V1=y (v1.config:3): found not set`. */
export function describeLack({ request, effective }: LostSymbol): string {
  const { symbol, value, file, line } = request;
  const place = line === undefined ? '' : ` (${toLine(file)}:${line})`;
  const state = effective.kind === 'unknown' ? 'nothing' : describeState(effective);
  return `CONFIG_${symbol}=${toLine(value)}${place}: found ${toLine(state)}`;
}
