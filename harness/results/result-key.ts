import { digestOf } from '../cache/digest.ts';
import type { Cell } from '../matrix/cell.ts';
import type { Limits } from '../matrix/matrix.ts';

/** Everything a result depends on, apart from the scenario's own files. */
export interface ResultInputs {
  /** Of everything a guest is made from: see `PreparedCell`. */
  readonly guestDigest: string;
  /** Scenarios can see the names of its axes. */
  readonly cell: Cell;
  /** As scaled for this host. */
  readonly limits: Limits;
  /** What runs guests and scenarios, by name: QEMU, accelerator, processor, Node. */
  readonly host: Readonly<Record<string, string>>;
  /** Of our own code that runs tests and decides on them, and of the packages it uses. */
  readonly codeDigest: string;
}

/** `sha256:…`. A cell's choice of scenarios is left out, since it changes no result. */
export function resultKey({ guestDigest, cell, limits, host, codeDigest }: ResultInputs): string {
  const { kernel, config, cgroup, agent } = cell;
  return digestOf(
    JSON.stringify([
      guestDigest,
      [kernel, config, cgroup, agent],
      sorted(limits),
      sorted(host),
      codeDigest,
    ]),
  );
}

function sorted(values: object): readonly (readonly [string, unknown])[] {
  return Object.entries(values).toSorted(([one], [other]) => (one < other ? -1 : 1));
}
