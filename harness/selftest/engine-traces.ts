import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const INVENTORY = fileURLToPath(new URL('engine-inventory.ts', import.meta.url));
const CGROUPS = '/sys/fs/cgroup';

/**
 * What kmx has left to an engine of scripts/engine, once a next command has had the chance to clean up:
 * containers, images, cgroups and mounts. One sentence each.
 */
export async function findEngineTraces(engine: string): Promise<readonly string[]> {
  // In a process of its own: this one knows one engine.
  const { stdout } = await execa(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', INVENTORY],
    {
      env: { DOCKER_HOST: `unix://${engine}/docker.sock` },
    },
  );
  const traces = [
    ...stdout.split('\n'),
    ...(await listCgroups(engine)),
    ...(await listMounts(engine)),
  ];
  return traces.filter((trace) => trace !== '').map((trace) => `${trace} was left behind`);
}

/** Below the one that the engine has for all of its containers. */
async function listCgroups(engine: string): Promise<readonly string[]> {
  const settings = JSON.parse(await readFile(join(engine, 'daemon.json'), 'utf8'));
  const parent = String(settings['cgroup-parent']);
  const hierarchies = ['', ...(await listFolders(CGROUPS))].map((name) =>
    join(CGROUPS, name, parent),
  );
  const found = await Promise.all(
    hierarchies.map(async (folder) =>
      (await listFolders(folder)).map((name) => `the cgroup ${join(folder, name)}`),
    ),
  );
  return found.flat();
}

async function listFolders(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** Root file systems of containers. */
async function listMounts(engine: string): Promise<readonly string[]> {
  const points = (await readFile('/proc/self/mountinfo', 'utf8'))
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '');
  return points
    .filter((point) => point.startsWith(`${engine}/`) && point.endsWith('/merged'))
    .map((point) => `the mount ${point}`);
}
