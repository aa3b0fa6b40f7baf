/** The machines of a run in words. */
import type { MachineFacts } from '../events.ts';

/** `QEMU 7.2.22 tcg, Docker 20.10.24`; a machine that is not named as its kind comes with its name. */
export function describeMachines(machines: readonly MachineFacts[]): string {
  return machines.map(describeMachine).join(', ');
}

export function describeMachine({
  name,
  kind,
  version,
  accelerator,
  engine,
}: MachineFacts): string {
  const what = kind === 'qemu' ? `QEMU ${version} ${accelerator}` : (engine ?? version);
  const where = kind === 'qemu' && engine !== undefined ? ` in ${engine}` : '';
  return `${name === kind ? '' : `${name}: `}${what}${where}`;
}
