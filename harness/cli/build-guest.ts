/** Behind scripts/setup --build-in container: builds the guest's programs without a cargo on this host. */
import { join } from 'node:path';
import { cacheRoot } from '../cache/cache-root.ts';
import { InfraError } from '../errors.ts';
import { provideRustRoot } from '../images/rust-root.ts';
import { connectEngine } from '../machine/container/engine.ts';
import { runCargo } from '../toolchain/cargo-container.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { openFetchDisplay } from './fetch-display.ts';
import { printError } from './print-error.ts';

const GUEST = join(import.meta.dirname, '../../guest');

try {
  const engine = await connectEngine();
  using fetches = await openFetchDisplay(process.stderr, process.env);
  const root = await provideRustRoot({
    cacheRoot: cacheRoot(process.env),
    onProgress: (progress) => fetches.onProgress({ ...progress, kernel: 'toolchain' }),
  });
  process.stderr.write(`cargo ${root.version} in a container\n`);
  process.exitCode = await runCargo(engine, root, {
    folder: GUEST,
    words: process.argv.slice(2),
    output: process.stderr,
  });
} catch (error) {
  if (!(error instanceof InfraError)) throw error;
  printError(error);
  process.exitCode = EXIT_CODES.unmeasured;
}
