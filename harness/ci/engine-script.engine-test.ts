import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { execa } from 'execa';

const ENGINE = fileURLToPath(new URL('../../scripts/engine', import.meta.url));
const SLEEPER = fileURLToPath(new URL('testing/start-sleeper.ts', import.meta.url));

/** Only an engine's own programs can start another one, and only as root. */
function canStart(): boolean {
  const folders = `${process.env.PATH}:/usr/sbin`.split(':');
  const isThere = (program: string) => folders.some((folder) => existsSync(join(folder, program)));
  return process.getuid?.() === 0 && ['dockerd', 'containerd', 'runc'].every(isThere);
}

describe('scripts/engine', function () {
  this.timeout(120_000);
  let parent: string;
  let folder: string;
  before(function () {
    if (!canStart()) this.skip();
  });
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'kmx-engines-'));
    folder = join(parent, 'engine');
  });
  afterEach(async () => {
    if (existsSync(folder)) await stop();
    rmSync(parent, { recursive: true });
  });

  const socket = () => `unix://${folder}/docker.sock`;
  const start = () => execa(ENGINE, ['start', folder]);
  const stop = () => execa(ENGINE, ['stop'], { env: { DOCKER_HOST: socket() } });
  const startSleeper = async (): Promise<string> => {
    const env = { DOCKER_HOST: socket() };
    return (await execa(process.execPath, [SLEEPER], { env })).stdout;
  };

  /** Cgroups, mounts and processes of the engine and of its containers. */
  function left(id: string): readonly string[] {
    const cgroups = readdirSync('/sys/fs/cgroup', { recursive: true }).map(String);
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
    const commands = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(commandOf);
    return [
      ...cgroups.filter((path) => path.includes(id)),
      ...[...mounts, ...commands].filter((line) => line.includes(folder)),
    ];
  }

  function commandOf(pid: string): string {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    } catch {
      // It has ended meanwhile.
      return '';
    }
  }

  it('starts a daemon that DOCKER_HOST leads to, and leaves the network alone', async () => {
    const before = Object.keys(networkInterfaces()).sort();
    const { stdout, stderr } = await start();
    expect(stdout).to.equal(`export DOCKER_HOST=${socket()}`);
    expect(stderr).to.contain(`scripts/engine stop ${folder}`);
    expect((await execa(ENGINE, ['env', folder])).stdout).to.equal(stdout);
    const id = await startSleeper();
    expect(left(id)).to.not.be.empty;
    expect(Object.keys(networkInterfaces()).sort()).to.deep.equal(before);
    await stop();
    expect(left(id)).to.deep.equal([]);
    expect(existsSync(folder)).to.equal(false);
  });

  it('clears away what a daemon that was killed has left running', async () => {
    await start();
    const id = await startSleeper();
    process.kill(Number(readFileSync(join(folder, 'dockerd.pid'), 'utf8')), 'SIGKILL');
    await stop();
    expect(left(id)).to.deep.equal([]);
    expect(existsSync(folder)).to.equal(false);
  });

  it('keeps the logs where it is asked to', async () => {
    await start();
    const logs = join(parent, 'logs');
    await execa(ENGINE, ['stop', folder], { env: { KMX_ENGINE_LOGS: logs } });
    expect(readdirSync(logs).sort()).to.deep.equal(['containerd.log', 'dockerd.log']);
    expect(readFileSync(join(logs, 'dockerd.log'), 'utf8')).to.contain('API listen on');
  });

  it('refuses a folder with anything in it, and stops nothing that it has not started', async () => {
    const started = await execa(ENGINE, ['start', tmpdir()], { reject: false });
    expect(started).to.include({ exitCode: 2, stdout: '' });
    expect(started.stderr).to.contain('is not empty');
    const stopped = await execa(ENGINE, ['stop', parent], { reject: false });
    expect(stopped).to.include({ exitCode: 2 });
    expect(existsSync(parent)).to.equal(true);
  });
});
