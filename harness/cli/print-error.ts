import type { InfraError, UsageError } from '../errors.ts';

/** On stderr: what a failing program said or what is wrong in a file, then the error and its remedy. */
export function printError({ message, output, remedy }: UsageError | InfraError): void {
  const lines = [
    ...(output === undefined || output === '' ? [] : [output.trimEnd(), '']),
    `kmx: ${message}`,
    ...(remedy === undefined ? [] : [`  ${remedy}`]),
  ];
  process.stderr.write(`${lines.join('\n')}\n`);
}
