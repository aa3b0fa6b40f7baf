import type { RustRoot } from '../images/rust-root.ts';
import type { Engine } from '../machine/container/engine.ts';
import { CARGO_HOME, cargoEnvironment, cargoMounts } from './cargo-settings.ts';
import { mount, runInRoot } from './root-container.ts';

/**
 * Runs cargo in a folder of this host, with the network and the crates of this host, and as this
 * user. Returns its exit code; what it prints goes to `output`. Rejects with an InfraError if the
 * engine cannot do that. If this process is killed, cargo ends its work first.
 */
export async function runCargo(
  engine: Engine,
  { usr }: RustRoot,
  { folder, words, output }: CargoRun,
): Promise<number> {
  return await runInRoot(engine, {
    name: 'cargo',
    words: ['/usr/bin/cargo', ...words],
    folder,
    environment: cargoEnvironment(process.env),
    mounts: [
      mount(usr, '/usr', 'ro'),
      mount(folder, folder, 'rw'),
      ...(await cargoMounts(process.env)),
    ],
    temporary: { '/tmp': 'mode=1777,exec', [CARGO_HOME]: 'mode=1777' },
    network: 'host',
    stdout: output,
    stderr: output,
  });
}

export interface CargoRun {
  /** Where it runs: everything that it reads and writes is below it, but crates. */
  readonly folder: string;
  /** As in `cargo build`. */
  readonly words: readonly string[];
  readonly output: NodeJS.WritableStream;
}
