/** The machines of a run, as reports of any version tell them. */
import type { MachineFacts } from '../events.ts';

/** Of a host in a report. Before version 7 there was QEMU alone. */
interface ReportedHost {
  readonly machines?: readonly MachineFacts[];
  readonly qemu?: string;
  readonly accelerator?: string;
}

export function machinesOf({ machines, qemu, accelerator }: ReportedHost): readonly MachineFacts[] {
  if (machines !== undefined) return machines;
  if (qemu === undefined) return [];
  const kind = accelerator === 'kvm' ? 'kvm' : 'tcg';
  return [{ name: 'qemu', kind: 'qemu', accelerator: kind, version: qemu }];
}
