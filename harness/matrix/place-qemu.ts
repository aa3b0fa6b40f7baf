import type { QemuPlace } from './cell.ts';
import type { MachineSource, Matrix } from './matrix.ts';
import { DEFAULT_QEMU_SUITE } from './schema.ts';

/** The matrix with all its QEMUs in one place, whatever it says itself. */
export function placeQemu(matrix: Matrix, place: QemuPlace | undefined): Matrix {
  if (place === undefined) return matrix;
  const machines = [...matrix.machines].map(
    ([name, source]) => [name, placeMachine(source, place)] as const,
  );
  return { ...matrix, machines: new Map(machines) };
}

function placeMachine(source: MachineSource, place: QemuPlace): MachineSource {
  if (source.kind !== 'qemu' || source.in === place) return source;
  const suites = place === 'container' ? [DEFAULT_QEMU_SUITE] : [];
  return { kind: 'qemu', in: place, suites };
}
