/** Faults between `machines` and `kernels`. Works on a file with other faults, too. */
import { MACHINE_KINDS, type MachineKind } from './cell.ts';
import { type Place, spanOf } from './document.ts';
import { DEFAULT_MACHINES, kindOfPlace, starterOfPlace } from './machine-kinds.ts';
import { listWords, type Problem, quote } from './problem.ts';

/** Machines by the name of the axis, each with its kind unless a fault hides it. */
export type MachinesByName = ReadonlyMap<string, MachineKind | undefined>;

export function readMachines(root: Place): MachinesByName {
  const list = root.children.get('machines');
  const names = Object.keys(DEFAULT_MACHINES) as (keyof typeof DEFAULT_MACHINES)[];
  if (list === undefined) return new Map(names.map((name) => [name, name]));
  return new Map([...list.children].map(([name, place]) => [String(name), kindOfPlace(place)]));
}

/**
 * The machines that can start a kernel, as far as the file says. Where a fault hides the kind, or no
 * machine can, all of them: what follows from a fault that is reported is not reported, too.
 */
export function machinesForPlace(
  machines: MachinesByName,
  root: Place,
): (kernel: string) => readonly string[] {
  const all = [...machines.keys()];
  const fitting = new Map(
    MACHINE_KINDS.map((kind) => [kind, all.filter((name) => canBe(machines.get(name), kind))]),
  );
  const kernels = root.children.get('kernels')?.children;
  return (name) => {
    const place = kernels?.get(name);
    const kind = place === undefined ? undefined : starterOfPlace(place);
    const some = kind === undefined ? [] : (fitting.get(kind) ?? []);
    return some.length === 0 ? all : some;
  };
}

const canBe = (kind: MachineKind | undefined, wanted: MachineKind): boolean =>
  kind === undefined || kind === wanted;

export function checkMachines(root: Place, machines: MachinesByName): readonly Problem[] {
  return [...checkKinds(root, machines), ...checkKernels(root, machines)];
}

/** Ids of cells leave out a machine that is named as its kind: the name has to be true. */
function checkKinds(root: Place, machines: MachinesByName): readonly Problem[] {
  return MACHINE_KINDS.flatMap((name): Problem[] => {
    const kind = machines.get(name);
    const place = root.children.get('machines')?.children.get(name);
    if (kind === undefined || kind === name || place === undefined) return [];
    const message = `the machine ${quote(name)} is of another kind: ${kind}`;
    const expected = `a machine of the kind ${name}, or another name`;
    return [{ code: 'BAD_NAME', message, expected, ...spanOf(place, 'key') }];
  });
}

function checkKernels(root: Place, machines: MachinesByName): readonly Problem[] {
  const kinds = new Set(machines.values());
  if (machines.size === 0 || kinds.has(undefined)) return [];
  return [...(root.children.get('kernels')?.children ?? [])].flatMap(([name, place]): Problem[] => {
    const kind = starterOfPlace(place);
    if (kind === undefined || kinds.has(kind)) return [];
    const message = `no machine can start the kernel ${quote(String(name))}`;
    const found = `machines of the kind ${listWords([...kinds].map(String))} alone`;
    const expected = `a machine of the kind ${kind}`;
    return [{ code: 'NO_MACHINE', message, expected, found, ...spanOf(place, 'key') }];
  });
}
