import type { ConfigOrigin, KernelFacts } from '../events.ts';
import { count } from '../phrases.ts';

const PLACES: Readonly<Record<ConfigOrigin, string>> = {
  guest: '/proc/config.gz in its guests',
  host: '/proc/config.gz of the host',
  image: 'its image',
  package: "its package's config",
  file: 'its config file',
  build: 'what it was built with',
};

/** Where a kernel has several configurations that are not the same, one sentence for each. */
export function describeDisagreements({ config }: Pick<KernelFacts, 'config'>): readonly string[] {
  if (config === undefined) return [];
  return (config.disagreements ?? []).map(({ from, symbols, count: all }) => {
    const more = all > symbols.length ? ` and ${all - symbols.length} more` : '';
    const which = `${symbols.join(', ')}${more}`;
    const where = `${PLACES[from]} and ${PLACES[config.from]}`;
    return `${where} differ in ${count(all, 'symbol')} (${which}); the latter counts`;
  });
}
