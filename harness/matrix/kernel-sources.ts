/** Kernels by where they are from, which items of `exclude`, `include` and `select` can ask for. */
import type { Place } from './document.ts';
import { KERNEL_KEYS } from './kernel-schema.ts';

export type KernelKey = (typeof KERNEL_KEYS)[number];

/** The key that says where a kernel is from; undefined if it has a fault that hides it. */
export function sourceOfPlace({ children }: Place): KernelKey | undefined {
  const keys = KERNEL_KEYS.filter((key) => children.has(key));
  return keys.length === 1 ? keys[0] : undefined;
}

/**
 * Names of the kernels of a file that are from one of these sources.
 * @param names Only these; undefined: all of the file, in its order.
 */
export function narrowKernels(
  root: Place,
  names: readonly string[] | undefined,
  sources: readonly unknown[],
): readonly string[] {
  const kernels = placesOf(root);
  return (names ?? [...kernels.keys()]).filter((name) => {
    const place = kernels.get(name);
    return place !== undefined && sources.includes(sourceOfPlace(place));
  });
}

/** Where these kernels of a file are from, or all of it; undefined for one with a fault that hides it. */
export function sourcesOf(
  root: Place,
  names: readonly string[] | undefined,
): readonly (KernelKey | undefined)[] {
  const kernels = placesOf(root);
  return (names ?? [...kernels.keys()]).map((name) => {
    const place = kernels.get(name);
    return place && sourceOfPlace(place);
  });
}

function placesOf(root: Place): ReadonlyMap<string, Place> {
  const kernels = root.children.get('kernels')?.children ?? new Map<string, Place>();
  return new Map([...kernels].map(([name, place]) => [String(name), place]));
}
