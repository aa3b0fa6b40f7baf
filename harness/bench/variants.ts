import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { qemuBinary } from '../machine/qemu/find-qemu.ts';
import { createQemuMachine } from '../machine/qemu/qemu-machine.ts';
import { type Figure, median, seconds, twoDigits } from './figure.ts';
import { type BenchGuest, type Cost, prepareGuest, timeFirstAnswer } from './guest-boots.ts';
import type { BenchContext } from './section.ts';
import { VARIANTS, type Variant } from './variant-table.ts';

/** Each variant's time to the first answer, as a ratio to an ordinary boot just before it. */
export async function measureVariants(context: BenchContext): Promise<Figure[]> {
  const { cacheRoot, kernel, rounds } = context;
  await using guest = await prepareGuest(kernel, cacheRoot);
  const boots = await Promise.all(VARIANTS.map((variant) => makeBoot(guest, variant)));
  const pairs = boots.map((): Pair[] => []);
  // Loads the files that every guest needs into the host's memory.
  await timeFirstAnswer(guest);
  for (let round = 0; round < rounds; round++) {
    for (const [index, boot] of boots.entries()) {
      const ours = await timeFirstAnswer(guest);
      pairs[index]?.push({ ours, other: await timeFirstAnswer(guest, boot) });
    }
  }
  const ours = pairs.flat().map((pair) => pair.ours.wallMs);
  const spread = `${seconds(Math.min(...ours))} to ${seconds(Math.max(...ours))} s`;
  const note = `median of ${ours.length}, ${spread}, ${kernel}, ${guest.accelerator}`;
  return [
    { name: 'as kmx boots it', value: seconds(median(ours)), unit: 's', note },
    ...VARIANTS.flatMap(({ name }, index) => [
      compare(name, pairs[index] ?? [], 'wallMs'),
      compare(`${name}: CPU time`, pairs[index] ?? [], 'cpuMs'),
    ]),
  ];
}

interface Pair {
  readonly ours: Cost;
  readonly other: Cost;
}

function compare(name: string, pairs: readonly Pair[], key: keyof Cost): Figure {
  const ratios = pairs.map(({ ours, other }) => other[key] / ours[key]);
  const note = `${twoDigits(Math.min(...ratios))} to ${twoDigits(Math.max(...ratios))}`;
  return { name, value: twoDigits(median(ratios)), unit: '×', note };
}

/**
 * A program that adds some options makes another machine: of most options the last one counts, of
 * accelerators the first one that works.
 */
async function makeBoot(
  { folder, spec, accelerator }: BenchGuest,
  { name, qemu = '', accelerator: other, bootParameters = [], guest = {} }: Variant,
): Promise<Pick<BenchGuest, 'machine' | 'spec'>> {
  const binary = join(folder, `qemu-${name.replaceAll(/[^\w=.-]+/g, '-')}`);
  const first = other === undefined ? '' : `-accel ${other}`;
  const program = `${qemuBinary(process.env)} ${first} "$@" ${qemu}`;
  await writeFile(binary, `#!/bin/sh\nexec ${program}\n`);
  await chmod(binary, 0o755);
  return {
    machine: await createQemuMachine({ accelerator, binary }),
    spec: { ...spec, ...guest, bootParameters: [...spec.bootParameters, ...bootParameters] },
  };
}
