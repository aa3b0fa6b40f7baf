/** Faults of `base: { kernel: … }`, between the kernels of a file. Works on one with other faults. */
import { type Place, spanOf } from './document.ts';
import { listWords, type Problem, quote } from './problem.ts';
import { suggestName } from './suggest.ts';

type Kernels = ReadonlyMap<string | number, Place>;

export function checkBases(root: Place): readonly Problem[] {
  const kernels: Kernels = root.children.get('kernels')?.children ?? new Map();
  return [...kernels].flatMap(([name, kernel]) => {
    const place = baseOf(kernel);
    if (place === undefined) return [];
    const fault = faultOf(String(name), String(place.value), kernels);
    return fault === undefined ? [] : [{ ...fault, ...spanOf(place, 'value') }];
  });
}

/** The name in `base: { kernel: … }`. */
function baseOf(kernel: Place | undefined): Place | undefined {
  const place = kernel?.children.get('source')?.children.get('base')?.children.get('kernel');
  return typeof place?.value === 'string' ? place : undefined;
}

function faultOf(
  name: string,
  base: string,
  kernels: Kernels,
): Omit<Problem, 'start' | 'end'> | undefined {
  const known = [...kernels.keys()].map(String);
  const suggestion = suggestName(base, known);
  if (!kernels.has(base)) {
    const message = `there is no kernel ${quote(base)}`;
    const fault = { code: 'UNKNOWN_NAME', message, expected: listWords(known) } as const;
    return suggestion === undefined ? fault : { ...fault, suggestion };
  }
  if (kernels.get(base)?.children.has('host') === true) {
    const message = `the kernel ${quote(base)} is another one on every host, and no base to build from`;
    return { code: 'CONFLICT', message, expected: 'another kernel, or base: { file: my.config }' };
  }
  const circle = circleFrom(name, kernels);
  if (circle === undefined || circle[0] !== known.find((one) => circle.includes(one))) {
    return undefined;
  }
  const steps = circle.map((one, index) => `${one} on ${circle[index + 1] ?? name}`);
  const message =
    circle.length === 1
      ? `the kernel ${quote(name)} cannot be its own base`
      : `these kernels are built on each other: ${listWords(steps, 'and')}`;
  return { code: 'CYCLE', message, expected: 'one of them with another base' };
}

/** The names from a kernel along its bases back to itself; undefined if they end elsewhere. */
function circleFrom(name: string, kernels: Kernels): readonly string[] | undefined {
  const seen = new Set([name]);
  let next = baseOf(kernels.get(name))?.value;
  while (typeof next === 'string' && !seen.has(next)) {
    seen.add(next);
    next = baseOf(kernels.get(next))?.value;
  }
  return next === name ? [...seen] : undefined;
}
