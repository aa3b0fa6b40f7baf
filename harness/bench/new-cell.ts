/** A cell that kmx has never seen: its first guest boots, is saved on its way, and goes on. */
import { InfraError } from '../errors.ts';
import { createGuestStarts } from '../live-guest/guest-starter.ts';
import type { TemplateMachine } from '../machine/machine.ts';
import { type CellTemplates, createCellTemplates } from '../run/templates/cell-templates.ts';
import type { BenchGuest } from './guest-boots.ts';

export interface NewCell {
  /** Until the agent of the first guest has answered and the guest goes on. */
  readonly coldMs: number;
  readonly templates: CellTemplates;
}

/**
 * @param cacheRoot An empty folder.
 * @param watch Takes the guest's machine, and gives what is to be used instead.
 */
export async function openNewCell(
  { machine: { templates: own }, prepared, spec, limits, folder }: BenchGuest,
  cacheRoot: string,
  watch = (machine: TemplateMachine): TemplateMachine => machine,
): Promise<NewCell> {
  if (own === undefined) throw new InfraError('no templates here', { code: 'BENCH' });
  const machine = watch(own);
  const starts = createGuestStarts({
    ...{ prepared, limits, folder, guestsBefore: 0, emit: () => {} },
    signal: new AbortController().signal,
  });
  const beginMs = performance.now();
  const templates = createCellTemplates({
    ...{ machine, spec, prepared, limits, starts, cacheRoot, folder },
  });
  const found = await templates.get('first');
  const coldMs = performance.now() - beginMs;
  await found.guest?.end();
  if ('template' in found) return { coldMs, templates };
  const output = 'why' in found ? found.why : (found.decision.detail?.message ?? '');
  throw new InfraError('the guest could not be saved', { code: 'BENCH', output });
}
