import { expect } from 'chai';
import { InfraError, UsageError } from '../../errors.ts';

/** The error that something fails with, which must be one that users are told. */
export async function knownFailure(work: Promise<unknown>): Promise<InfraError | UsageError> {
  const error = await work.then(
    () => expect.fail('it did not fail'),
    (problem: unknown) => problem,
  );
  if (error instanceof InfraError || error instanceof UsageError) return error;
  throw error;
}
