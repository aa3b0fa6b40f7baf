/**
 * Faults that no schema finds, because they are between parts of the file: names that no axis has,
 * and items that change nothing. Works on a file with other faults, too, so that all faults are
 * reported at once.
 */

import { asList } from './build-values.ts';
import { checkBases } from './check-bases.ts';
import { checkEffects, type Item } from './check-effects.ts';
import { checkMachines, machinesForPlace, readMachines } from './check-machines.ts';
import { type Place, spanOf } from './document.ts';
import { type Axes, CELL_KEYS, type CellKey, createGrid } from './grid.ts';
import { KERNEL_KEYS } from './kernel-schema.ts';
import { narrowKernels, sourcesOf } from './kernel-sources.ts';
import { DEFAULT_MACHINES } from './machine-kinds.ts';
import { type Fault, listWords, type Problem, quote } from './problem.ts';
import { DEFAULT_CGROUPS, DEFAULT_CONFIGS } from './schema.ts';
import { suggestName } from './suggest.ts';

/** The key of the file that holds an axis's names, and the names if the key is absent. */
const SOURCES = {
  kernel: { list: 'kernels', byDefault: undefined },
  config: { list: 'configs', byDefault: Object.keys(DEFAULT_CONFIGS) },
  cgroup: { list: 'cgroups', byDefault: DEFAULT_CGROUPS },
  agent: { list: 'agents', byDefault: undefined },
  machine: { list: 'machines', byDefault: Object.keys(DEFAULT_MACHINES) },
} as const;

type PartialAxes = { readonly [Key in CellKey]: readonly string[] | undefined };

/** All faults between the parts of a file. */
export function checkNames(root: Place): readonly Problem[] {
  const machines = readMachines(root);
  const problems: Problem[] = [...checkMachines(root, machines), ...checkBases(root)];
  const axes: PartialAxes = {
    kernel: namesOf(root, 'kernel'),
    config: namesOf(root, 'config'),
    cgroup: namesOf(root, 'cgroup'),
    agent: namesOf(root, 'agent'),
    machine: namesOf(root, 'machine'),
  };
  const read = (list: Place | undefined): readonly Item[] =>
    childrenOf(list).map((place) => narrowItem(readItem(place, axes, problems), root, problems));
  const profiles = childrenOf(root.children.get('profiles'));
  const items = {
    exclude: read(root.children.get('exclude')),
    include: read(root.children.get('include')),
    select: profiles.flatMap((profile) => read(profile.children.get('select'))),
  };
  if (!hasAllAxes(axes)) return problems;
  const grid = createGrid(axes, machinesForPlace(machines, root));
  return [...problems, ...checkEffects(root, grid, items)];
}

const childrenOf = (place: Place | undefined): readonly Place[] => [
  ...(place?.children.values() ?? []),
];

/** The names of an axis in the order of the file; undefined if none can be read. */
export function namesOf(root: Place, key: CellKey): readonly string[] | undefined {
  const { list, byDefault } = SOURCES[key];
  const place = root.children.get(list);
  if (place === undefined) return byDefault;
  const names = Array.isArray(place.value) ? place.value : [...place.children.keys()];
  const texts = [...new Set(names.filter((name) => typeof name === 'string'))];
  return texts.length === 0 ? undefined : texts;
}

function hasAllAxes(axes: PartialAxes): axes is Axes {
  return CELL_KEYS.every((key) => axes[key] !== undefined);
}

function readItem(place: Place, axes: PartialAxes, problems: Problem[]): Item {
  const part: { [Key in CellKey]?: readonly string[] } = {};
  let isFaulty = place.value === null || typeof place.value !== 'object';
  for (const key of CELL_KEYS) {
    const value = place.children.get(key);
    if (value === undefined) continue;
    const words = Array.isArray(value.value) ? childrenOf(value) : [value];
    const names = new Set(axes[key]);
    if (words.length === 0) isFaulty = true;
    part[key] = words.flatMap((word) => {
      if (typeof word.value === 'string' && names.has(word.value)) return [word.value];
      isFaulty = true;
      if (typeof word.value === 'string' && names.size > 0) {
        problems.push({ ...unknownName(word.value, key, axes), ...spanOf(word, 'value') });
      }
      return [];
    });
  }
  return isFaulty ? { place } : { place, part };
}

/** Of the kernels that an item is about, keeps those from the sources that it names. */
function narrowItem(item: Item, root: Place, problems: Problem[]): Item {
  const { place, part } = item;
  const asked = place.children.get('kernel_source');
  if (asked === undefined) return item;
  const sources = asList(asked.value);
  const known: readonly unknown[] = KERNEL_KEYS;
  const isFaulty = sources.length === 0 || !sources.every((source) => known.includes(source));
  if (part === undefined || isFaulty) return { place };
  const kernel = narrowKernels(root, part.kernel, sources);
  if (kernel.length > 0) return { place, part: { ...part, kernel } };
  const there = sourcesOf(root, part.kernel);
  // A kernel with a fault may be from any of them.
  if (there.includes(undefined)) return { place };
  const none = part.kernel === undefined ? 'no kernel of this file' : 'none of these kernels';
  const message = `kernel_source: ${sources.join(', ')} fits ${none}`;
  const expected = listWords([...new Set(there)].map(String));
  problems.push({ code: 'NO_EFFECT', message, expected, ...spanOf(asked, 'value') });
  return { place };
}

function unknownName(name: string, key: CellKey, axes: PartialAxes): Fault {
  const known = axes[key] ?? [];
  const suggestion = suggestName(name, known);
  const owner = CELL_KEYS.find((other) => axes[other]?.includes(name));
  return {
    code: 'UNKNOWN_NAME',
    message: `there is no ${key} ${quote(name)}`,
    expected: listWords(known),
    ...(owner !== undefined && { found: `a name of another axis: ${owner}` }),
    ...(suggestion !== undefined && { suggestion }),
  };
}
