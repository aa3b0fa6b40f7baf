import { UsageError } from '../../errors.ts';
import { checkEffective } from '../../kconfig/fragments/check-effective.ts';
import { describeConflict } from '../../kconfig/fragments/describe-conflict.ts';
import { describeLost } from '../../kconfig/fragments/describe-lost.ts';
import { type Conflict, findConflicts } from '../../kconfig/fragments/find-conflicts.ts';
import type { Request, Wanted } from '../../kconfig/fragments/request.ts';
import { type KernelConfig, stateOf } from '../../kconfig/kernel-config.ts';
import { count } from '../../phrases.ts';
import { readKconfig } from './read-kconfig.ts';
import type { OpenTree } from './tree/source-tree.ts';

export interface Taken {
  readonly wanted: Wanted;
  readonly effective: KernelConfig;
  readonly mayBeAbsent: ReadonlySet<string>;
  /** For people: whose configuration it is. */
  readonly origin: string;
}

/**
 * Throws a UsageError that lists every symbol that did not take, and why. Returns lines about those that
 * took but may not be what was meant.
 */
export function checkTaken(
  { wanted, effective, mayBeAbsent, origin }: Taken,
  tree: OpenTree,
): readonly string[] {
  // Reading all Kconfig files takes a second, so that is only done if there is something to explain.
  const isPlain = [...wanted.values()].every(({ symbol, value }) => {
    const state = stateOf(effective, symbol);
    return state.kind === 'value' ? state.value === value : state.kind === 'off' && value === 'n';
  });
  if (isPlain) return [];
  const kconfig = readKconfig(tree);
  const all = checkEffective(wanted, effective, kconfig, mayBeAbsent);
  const lost = all.filter(({ severity }) => severity === 'error');
  if (lost.length === 0) return all.flatMap(describeLost);
  const conflicts = findConflicts(wanted, kconfig);
  // What else would make these take is of no use while another request rules it out.
  const contradicted = new Set(conflicts.flatMap(requestsOf).map(({ symbol }) => symbol));
  const others = lost.filter(({ request }) => !contradicted.has(request.symbol));
  throw new UsageError(`${origin}: ${count(lost.length, 'requested symbol')} did not take`, {
    code: 'LOST_SYMBOLS',
    remedy:
      'set what they need as well, or drop them; if they do not matter, list them in a file for may_be_absent',
    output: [...conflicts.map(describeConflict), ...others.flatMap(describeLost)].join('\n'),
  });
}

function requestsOf(conflict: Conflict): readonly Request[] {
  return conflict.kind === 'choice' ? conflict.requests : [conflict.request];
}
