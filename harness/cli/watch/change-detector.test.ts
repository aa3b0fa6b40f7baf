import {
  appendFile,
  mkdir,
  mkdtemp,
  rename,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ChangeDetector, SETTLE_MS } from './change-detector.ts';

/** Files are real, the clock is not. */
describe('The change detector', () => {
  let folder: string;
  let agent: string;
  let spec: string;
  let detector: ChangeDetector;
  let nowMs: number;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-watch-'));
    agent = join(folder, 'target', 'agent');
    spec = join(folder, 'cpu.spec.ts');
    await mkdir(join(folder, 'target'));
    await writeFile(agent, 'first');
    await writeFile(spec, 'it');
    detector = new ChangeDetector();
    await detector.watch([agent, spec], [agent]);
    nowMs = 1000;
  });
  afterEach(() => rm(folder, { recursive: true }));

  const look = (afterMs: number) => {
    nowMs += afterMs;
    return detector.look(nowMs);
  };
  /** Sees what has been done, and looks again when nothing has happened for long enough. */
  const settle = async () => [...(await look(10)), ...(await look(SETTLE_MS))];

  it('finds nothing where nothing has happened', async () => {
    expect(await settle()).to.deep.equal([]);
  });

  it('finds a file with other bytes, once', async () => {
    await writeFile(agent, 'second');
    expect(await settle()).to.deep.equal([agent]);
    expect(await settle()).to.deep.equal([]);
  });

  it('waits until a file that is written in pieces is complete', async () => {
    await writeFile(agent, 'half ');
    expect(await look(10)).to.deep.equal([]);
    await appendFile(agent, 'of ');
    expect(await look(SETTLE_MS)).to.deep.equal([]);
    await appendFile(agent, 'it');
    expect(await look(SETTLE_MS)).to.deep.equal([]);
    expect(await look(SETTLE_MS - 1)).to.deep.equal([]);
    expect(await look(1)).to.deep.equal([agent]);
  });

  it('finds a file that another one has replaced', async () => {
    await writeFile(`${agent}.new`, 'other');
    await rename(`${agent}.new`, agent);
    expect(await settle()).to.deep.equal([agent]);
  });

  it('finds out that a file of the same size has other bytes', async () => {
    await writeFile(agent, 'sixth');
    expect(await settle()).to.deep.equal([agent]);
  });

  it('waits for an agent that a build has removed, with its folder', async () => {
    await rm(join(folder, 'target'), { recursive: true });
    expect(await settle()).to.deep.equal([]);
    expect(detector.missing).to.deep.equal([agent]);
    await mkdir(join(folder, 'target'));
    expect(await settle()).to.deep.equal([]);
    await writeFile(agent, 'second');
    expect(await settle()).to.deep.equal([agent]);
    expect(detector.missing).to.deep.equal([]);
  });

  it('finds nothing if the same bytes come back', async () => {
    await rm(agent);
    expect(await settle()).to.deep.equal([]);
    await writeFile(agent, 'first');
    expect(await settle()).to.deep.equal([]);
  });

  it('finds nothing in a file that was only touched', async () => {
    await utimes(agent, new Date(), new Date());
    expect(await settle()).to.deep.equal([]);
    await rename(agent, `${agent}.kept`);
    await writeFile(agent, 'first');
    expect(await settle()).to.deep.equal([]);
  });

  it('finds no change in bytes that were changed and changed back', async () => {
    await writeFile(agent, 'wrong');
    expect(await look(10)).to.deep.equal([]);
    await writeFile(agent, 'first');
    expect(await settle()).to.deep.equal([]);
  });

  it('finds files that were saved one after the other together', async () => {
    await writeFile(agent, 'second');
    expect(await look(SETTLE_MS)).to.deep.equal([]);
    await writeFile(spec, 'describe');
    expect(await look(SETTLE_MS)).to.deep.equal([]);
    expect(await look(SETTLE_MS)).to.deep.equal([agent, spec]);
  });

  it('does not wait for a scenario that is gone for good', async () => {
    await rm(spec);
    expect(await settle()).to.deep.equal([]);
    await writeFile(agent, 'second');
    expect(await settle()).to.deep.equal([agent]);
  });

  it('reports a change that came with a change of a missing agent, once the agent is back', async () => {
    await rm(agent);
    await writeFile(spec, 'describe');
    expect(await settle()).to.deep.equal([]);
    await writeFile(agent, 'second');
    expect(await settle()).to.deep.equal([agent, spec]);
  });

  it('follows a link to where it leads now', async () => {
    const link = join(folder, 'current');
    const other = join(folder, 'other');
    await writeFile(other, 'other');
    await symlink(agent, link);
    await detector.watch([link], [link]);
    await rm(link);
    await symlink(other, link);
    expect(await settle()).to.deep.equal([link]);
    await writeFile(other, 'newer');
    expect(await settle()).to.deep.equal([link]);
  });

  it('keeps what it knows of files that stay watched', async () => {
    await writeFile(agent, 'second');
    await detector.watch([agent], [agent]);
    expect(await settle()).to.deep.equal([agent]);
    await writeFile(spec, 'not watched any more');
    expect(await settle()).to.deep.equal([]);
  });
});
