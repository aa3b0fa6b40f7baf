import { join } from 'node:path';
import type { FailedStart } from '../live-guest/failed-start.ts';
import type { LiveGuest } from '../live-guest/live-guest.ts';
import { decideVerdict, type TestEvidence } from '../verdict/decide.ts';
import type { Figure } from './figure.ts';
import { prepareGuest } from './guest-boots.ts';
import { openNewCell } from './new-cell.ts';
import type { BenchContext } from './section.ts';

const RESTORES_A_ROUND = 100;
const REQUESTS_A_GUEST = 1;

/**
 * Restores one template for a long time and looks at what the guests' kernels say. Nothing that runs
 * in them is new, so whatever goes wrong is the emulator's doing, or ours.
 */
export async function measureRestoreStress(context: BenchContext): Promise<Figure[]> {
  await using guest = await prepareGuest(context.kernel, context.cacheRoot);
  const { templates } = await openNewCell(guest, join(guest.folder, 'cache'));
  const count = context.rounds * RESTORES_A_ROUND;
  const faults: string[] = [];
  let impossible = 0;
  for (let round = 0; round < count; round += 1) {
    const evidence = await tryGuest(await templates.restore(new AbortController().signal));
    const { verdict, detail } = decideVerdict(evidence);
    if (verdict === 'pass') continue;
    faults.push(`restore ${round + 1}: ${verdict}: ${detail?.message}`);
    if (detail?.missKind === 'emulator') impossible += 1;
  }
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  const note = `of ${count}, ${context.kernel}, ${guest.accelerator}`;
  return [
    {
      name: 'restored guests that did not do as the first',
      value: faults.length,
      unit: 'of them',
      note,
    },
    { name: 'of these, with registers that no processor has', value: impossible, unit: 'of them' },
  ];
}

/** Has a guest do what every test's guest does, and what probes of its kernel are. */
async function tryGuest(guest: LiveGuest | FailedStart): Promise<TestEvidence> {
  if (guest.kind === 'failed') {
    await guest.guest?.end();
    return guest.evidence;
  }
  let fault: unknown;
  try {
    for (let request = 0; request < REQUESTS_A_GUEST; request += 1) await guest.probeFacts();
  } catch (error) {
    fault = error;
  }
  const observed = await guest.observe();
  await guest.end();
  const claim = fault === undefined ? 'pass' : 'error';
  return { kind: 'observed', claim, ...observed, detail: { message: String(fault) } };
}
