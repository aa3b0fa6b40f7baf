import type { InfraError, UsageError } from '../errors.ts';

/**
 * Prints to stderr: the output of what failed or the faults of a file, then the error and its
 * remedy.
 */
export function printError({ message, output, remedy }: UsageError | InfraError): void {
  const lines = [
    ...(output === undefined || output === '' ? [] : [output.trimEnd(), '']),
    `kmx: ${message}`,
    ...(remedy === undefined ? [] : [`  ${remedy}`]),
  ];
  process.stderr.write(`${lines.join('\n')}\n`);
}
