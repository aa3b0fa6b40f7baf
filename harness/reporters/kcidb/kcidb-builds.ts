import { buildOf } from '../../matrix/cell.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import type { RunReport } from '../../report/schema.ts';
import { toLine } from '../../text.ts';
import { comment, idOf, ORIGIN } from './kcidb-ids.ts';

/** Of what sources a kernel was built, its origin says, for people. */
const CHECKOUT = idOf('checkout');

export function checkoutOf(_report: RunReport): object {
  return {
    id: CHECKOUT,
    origin: ORIGIN,
    comment: 'sources of all kernels: see the builds',
    valid: true,
  };
}

/** The same kernel is the same build in every run. */
export function buildIdOf({ kernels, run }: RunReport, name: string): string {
  const kernel = kernels.find((one) => one.name === name);
  return kernel === undefined ? idOf('unfetched', run, name) : idOf('kernel', kernel.digest);
}

/** All kernels that tests were to run on, each once; those that could not be fetched have no status. */
export function buildsOf(report: RunReport): readonly object[] {
  const names = new Set(report.cells.map(buildOf));
  const byId = new Map([...names].map((name) => [buildIdOf(report, name), name]));
  return [...byId].map(([id, name]) => {
    const kernel = report.kernels.find((one) => one.name === name);
    const base = { checkout_id: CHECKOUT, id, origin: ORIGIN, architecture: 'x86_64' };
    if (kernel === undefined) {
      const why = report.missingKernels.find((one) => one.name === name)?.message;
      return { ...base, comment: comment(`${name}: ${why ?? 'not looked at'}`) };
    }
    const { release, origin, digest, config, built } = kernel;
    return {
      ...base,
      comment: comment(`${name}: ${release}`),
      status: 'PASS',
      config_name: toLine(name),
      ...omitUndefined({
        compiler: config?.compiler && toLine(config.compiler),
        duration: built?.seconds,
      }),
      misc: {
        release: toLine(release),
        origin: toLine(origin, 1000),
        digest: toLine(digest),
        ...omitUndefined({ configDigest: config && toLine(config.digest) }),
      },
    };
  });
}
