/**
 * Started by a test with DOCKER_HOST set to an engine that nothing else uses: starts a container that
 * does nothing for ever, and prints its id.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { pack } from 'tar-stream';
import { connectEngine } from '../../machine/container/engine.ts';

const PROGRAM = fileURLToPath(
  new URL('../../../guest/target/x86_64-unknown-linux-gnu/release/workload', import.meta.url),
);

const { client } = await connectEngine();
const files = pack();
files.entry({ name: 'workload', mode: 0o755 }, await readFile(PROGRAM));
files.finalize();
const importing = await client.importImage(files as unknown as NodeJS.ReadableStream & string, {
  repo: 'kmx-test-sleeper',
});
await new Promise((resolve, reject) => {
  client.modem.followProgress(importing, (error) =>
    error === null ? resolve(undefined) : reject(error),
  );
});
const container = await client.createContainer({
  Image: 'kmx-test-sleeper',
  Cmd: ['/workload', 'sleep'],
  StopSignal: 'SIGKILL',
  HostConfig: { NetworkMode: 'none' },
});
await container.start();
process.stdout.write(container.id);
