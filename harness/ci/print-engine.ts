/** Behind scripts/engine check. */
import { EXIT_CODES } from '../cli/exit-codes.ts';
import { printError } from '../cli/print-error.ts';
import { InfraError } from '../errors.ts';
import { connectEngine } from '../machine/container/engine.ts';
import { describeEngine } from '../machine/container/engine-facts.ts';

try {
  const { facts, socketPath } = await connectEngine();
  process.stdout.write(`${describeEngine(facts)} at ${socketPath}\n`);
} catch (error) {
  if (!(error instanceof InfraError)) throw error;
  printError(error);
  process.exitCode = EXIT_CODES.unmeasured;
}
