/** A cell that kmx has never seen: its first guest boots, is saved on the way, and continues. */
import { InfraError } from '../errors.ts';
import type { TemplateMachine } from '../machine/machine.ts';
import { CellTemplates } from '../run/templates/cell-templates.ts';
import { describeFailure } from '../run/templates/describe-failure.ts';
import { type BenchGuest, createStarter } from './guest-boots.ts';

export interface NewCell {
  /** Until the agent of the first guest has answered and the guest was saved and continues. */
  readonly coldMs: number;
  readonly templates: CellTemplates;
}

/**
 * @param cacheRoot An empty folder.
 * @param watch Wraps the guest's machine.
 */
export async function openNewCell(
  guest: BenchGuest,
  cacheRoot: string,
  watch = (machine: TemplateMachine): TemplateMachine => machine,
): Promise<NewCell> {
  const { machine, prepared, spec, vm, folder } = guest;
  const own = machine.templates;
  if (own === undefined) throw new InfraError('this machine has no templates', { code: 'BENCH' });
  const starter = createStarter(guest);
  const templates = new CellTemplates({
    ...{ machine: watch(own), spec, vm, prepared, starter, cacheRoot, folder },
    note: (message) => process.stderr.write(`${message}\n`),
  });
  const beginMs = performance.now();
  const made = await templates.make('first', new AbortController().signal);
  const coldMs = performance.now() - beginMs;
  await made.guest?.end();
  await templates[Symbol.asyncDispose]();
  switch (made.kind) {
    case 'made':
      return { coldMs, templates };
    case 'not-made':
      throw notMade(made.why);
    case 'failed':
      throw notMade(describeFailure(made));
  }
}

function notMade(output: string): InfraError {
  return new InfraError('the guest could not be saved', { code: 'BENCH', output });
}
