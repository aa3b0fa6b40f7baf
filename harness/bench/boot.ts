import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { timeBusybox, writeBusyboxInitramfs } from './busybox-guest.ts';
import { type Figure, median, ratio, seconds } from './figure.ts';
import { type BenchGuest, createStarter, prepareGuest, timeFirstAnswer } from './guest-boots.ts';
import { openNewCell } from './new-cell.ts';
import type { BenchContext } from './section.ts';

/**
 * From QEMU's start to the agent's first answer, compared with the floor: the same kernel and
 * machine up to the first line of busybox. They take turns, so that a busy moment of the host
 * affects all.
 */
export async function measureBoot({ cacheRoot, kernel, rounds }: BenchContext): Promise<Figure[]> {
  await using guest = await prepareGuest(kernel, cacheRoot);
  const busybox = { ...guest.spec, initramfs: await writeBusyboxInitramfs(guest.folder) };
  const packed = { ...busybox, kernel: guest.kernel.image };
  const floors: number[] = [];
  const packedFloors: number[] = [];
  const answers: number[] = [];
  const probes: number[] = [];
  const newCells: number[] = [];
  for (let round = 0; round < rounds; round++) {
    floors.push((await timeBusybox(guest.machine, busybox)).wallMs);
    packedFloors.push((await timeBusybox(guest.machine, packed)).wallMs);
    answers.push((await timeFirstAnswer(guest)).wallMs);
    probes.push(await timeProbe(guest));
    newCells.push(await timeNewCell(guest));
  }
  const floor = median(floors);
  const packedFloor = median(packedFloors);
  const answer = median(answers);
  const newCell = median(newCells);
  const note = `median of ${rounds}, ${kernel}, ${guest.accelerator}`;
  return [
    { name: 'floor: bare busybox init', value: seconds(floor), unit: 's', note },
    { name: 'floor with the bzImage', value: seconds(packedFloor), unit: 's', note },
    { name: 'first answer of the agent', value: seconds(answer), unit: 's', note },
    { name: 'first answer over the floor', value: seconds(answer - floor), unit: 's' },
    ratio('first answer / floor', answer, floor),
    ratio('first answer / floor with the bzImage', answer, packedFloor),
    {
      name: 'of that: trying what the kernel offers',
      value: Math.round(median(probes)),
      unit: 'ms',
      note: 'once for each kernel with its boot parameters',
    },
    { name: 'a new cell: booted, saved twice, healthy', value: seconds(newCell), unit: 's', note },
    ratio('a new cell / floor', newCell, floor),
  ];
}

/** From init's first word to its answer to `facts`. */
async function timeProbe(bench: BenchGuest): Promise<number> {
  const booting = bench.machine.boot(bench.spec);
  const guest = await createStarter(bench).start(booting, { origin: 'boot' });
  if (guest.kind === 'failed') throw guest.error;
  await using _ = guest;
  await guest.channel.hello;
  const beginMs = performance.now();
  await guest.probeFacts();
  return performance.now() - beginMs;
}

async function timeNewCell(guest: BenchGuest): Promise<number> {
  const cacheRoot = join(guest.folder, 'cache');
  const { coldMs } = await openNewCell(guest, cacheRoot);
  await rm(cacheRoot, { recursive: true });
  return coldMs;
}
