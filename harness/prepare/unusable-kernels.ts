/** Kernels that cannot be used as their users want them, told with their names. */
import { UsageError } from '../errors.ts';
import { count } from '../phrases.ts';

interface Unusable {
  readonly names: readonly string[];
  readonly error: UsageError;
}

/** The error of one kernel, with its name. Errors of a class of its own say more than a name, and are left alone. */
export function nameKernels({ names, error }: Unusable): UsageError {
  if (error.constructor !== UsageError) return error;
  const { message, code, remedy, output, cause } = error;
  return new UsageError(`${names.join(', ')}: ${message}`, {
    ...{ code, cause },
    ...(remedy === undefined ? {} : { remedy }),
    ...(output === undefined ? {} : { output }),
  });
}

/**
 * One error for all of them, as faults of a matrix are reported all at once. Kernels that are built from the same
 * sources often have the same fault.
 * @param faults By name, as in `buildOf`; at least one.
 */
export function describeUnusable(faults: ReadonlyMap<string, UsageError>): UsageError {
  const groups = Map.groupBy(faults, ([, { message, output = '' }]) => `${message}\n${output}`);
  const unusable = [...groups.values()].flatMap((same): readonly Unusable[] => {
    const [first] = same;
    return first === undefined ? [] : [{ names: same.map(([name]) => name), error: first[1] }];
  });
  const special = unusable.find(({ error }) => error.constructor !== UsageError);
  const [only] = special === undefined ? unusable : [special];
  if (only !== undefined && (special !== undefined || unusable.length === 1)) {
    return nameKernels(only);
  }
  return new UsageError(`${count(faults.size, 'kernel')} of the matrix cannot be used`, {
    code: 'UNUSABLE_KERNELS',
    output: unusable.map(renderUnusable).join('\n\n'),
  });
}

function renderUnusable({ names, error }: Unusable): string {
  const { message, output, remedy } = error;
  const details = [...(output?.trimEnd().split('\n') ?? []), ...(remedy?.split('\n') ?? [])];
  return [`${names.join(', ')}: ${message}`, ...details.map((line) => `  ${line}`)].join('\n');
}
