/** The words in which reasons and fixes are shown, each without a full stop. */
import { toLine } from '../text.ts';
import type { Fix, LackReason } from './check.ts';

export function describeReason(reason: LackReason): string {
  switch (reason.kind) {
    case 'symbol': {
      const { symbol, state, note } = reason;
      return `${describeSymbol(symbol, state)}${note === undefined ? '' : ` (${note})`}`;
    }
    case 'boot-parameter':
      return `${reason.parameter} on the command line`;
    case 'version':
      return describeVersions(reason);
    case 'unmounted':
      return `the hierarchy of ${reason.controller} is left unmounted`;
    case 'not-on-host':
      return `the host has no ${reason.controller} on cgroup ${reason.version}, so its containers have none`;
  }
}

/** In which versions a feature is, said of a kernel of another one. */
export function describeVersions({
  since,
  until,
}: {
  readonly since?: string;
  readonly until?: string;
}): string {
  if (since === undefined) return `gone since ${until}`;
  return until === undefined ? `only since ${since}` : `only from ${since} to before ${until}`;
}

/** The state as `describeState` words it, in a sentence. */
function describeSymbol(symbol: string, state: string): string {
  if (state === '–') return `${symbol} is not in the configuration`;
  return state === 'not set' || state === 'not known'
    ? `${symbol} is ${state}`
    : `${symbol}=${toLine(state, VALUE_SHOWN_MAX)}`;
}

/** A configuration may come from anywhere, and its texts may hold anything and be long. */
const VALUE_SHOWN_MAX = 60;

export function describeFix(fix: Fix): string {
  switch (fix.kind) {
    case 'set-symbol':
      return `${fix.symbol}=${fix.value}`;
    case 'unset-symbol':
      return `${fix.symbol}=n`;
    case 'remove-parameter':
      return `boot without ${fix.parameter}`;
    case 'mount':
      return `mount the hierarchy of ${fix.controller}`;
    case 'offer-on-host':
      return `have the host offer ${fix.controller} on cgroup ${fix.version}`;
    case 'other-version':
      if (fix.since === undefined) return `a kernel before ${fix.until}`;
      return `Linux ${fix.since}${fix.until === undefined ? '' : ` to before ${fix.until}`}`;
  }
}
