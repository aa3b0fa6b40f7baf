import { type Cell, cellId } from '../cell.ts';

/** A cell for tests that look at a few of its axes. */
export function testCell(axes: Partial<Omit<Cell, 'id'>> = {}): Cell {
  const names = {
    ...({ kernel: 'debian-6.12', config: 'default', cgroup: 'v2', agent: 'guarded' } as const),
    machine: 'qemu',
    ...axes,
  };
  return { id: cellId(names), machineKind: 'qemu', agentKind: 'reference', ...names };
}
