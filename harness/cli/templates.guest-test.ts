/** Saved guests as a user sees them: with an empty cache, a filled one and a broken one. */
import { mkdir, mkdtemp, open, readdir, rm, symlink, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { cacheRoot } from '../cache/cache-root.ts';
import { sealEntry } from '../cache/existing-entry.ts';
import { type RunReport, reportSchema } from '../report/schema.ts';
import { startKmxRun } from './testing/kmx-process.ts';

const MIB = 1024 * 1024;
const CELL = ['--only', '6.12', 'v2', 'default+v2+guarded', ':container.spec'];

describe('kmx run with saved guests', () => {
  let cache: string;
  before(async () => {
    cache = await mkdtemp(join(tmpdir(), 'kmx-cache-'));
    const root = cacheRoot(process.env);
    // Kernels are too large to fetch again; everything else starts from scratch.
    for (const kept of ['kernels', 'apt', 'boot-images', 'kvm']) {
      await mkdir(join(root, kept), { recursive: true });
      await symlink(join(root, kept), join(cache, kept));
    }
  });
  after(() => rm(cache, { recursive: true }));

  async function run(...words: readonly string[]): Promise<RunReport> {
    await using kmx = await startKmxRun([...CELL, ...words], { environment: { KMX_CACHE: cache } });
    const { exitCode, output } = await kmx.ended;
    expect(exitCode, output).to.equal(0);
    return reportSchema.parse(JSON.parse(await kmx.read('report.json')));
  }

  /** How each guest started, and why. */
  const guestsOf = ({ cells: [cell] }: RunReport) =>
    cell?.guests.map(({ from, reason }) => `${from}, ${reason}`) ?? [];
  const testsOf = ({ cells: [cell] }: RunReport) => cell?.tests.map(({ title }) => title) ?? [];

  it('boots one guest of a new cell, and restores one for each other test', async () => {
    const report = await run();
    const guests = guestsOf(report);
    expect(testsOf(report).length).to.be.above(5);
    // `boots` and the first test share a guest; a spare guest that nobody used does not count.
    expect(guests).to.have.length(testsOf(report).length - 1);
    expect(guests[0]).to.equal('boot, first');
    expect(new Set(guests.slice(1))).to.deep.equal(new Set(['L2, isolation']));
    expect(report.cells[0]?.notes).to.deep.equal([]);
  });

  it('boots nothing the second time', async () => {
    const guests = guestsOf(await run());
    expect(guests[0]).to.equal('L2, first');
    expect(guests.filter((guest) => guest.startsWith('boot'))).to.deep.equal([]);
  });

  it('boots every guest with --no-templates, and one for all with --isolation cell', async () => {
    const guests = guestsOf(await run('--no-templates', '--isolation', 'cell'));
    expect(guests).to.deep.equal(['boot, first']);
  });

  it('starts another agent in a guest that was saved before, without a boot', async () => {
    await using kmx = await startKmxRun(
      ['--only', '6.12', 'default+v2+unguarded', ':first container', ':exit code'],
      { environment: { KMX_CACHE: cache } },
    );
    await kmx.ended;
    const report = reportSchema.parse(JSON.parse(await kmx.read('report.json')));
    expect(guestsOf(report)[0]).to.equal('L1, first');
  });

  const notesOf = ({ cells: [cell] }: RunReport) => cell?.notes ?? [];
  const listTemplates = () => readdir(join(cache, 'templates'));

  it('discards saved guests that the disk has damaged, and says so', async () => {
    for (const name of await listTemplates()) {
      await truncate(join(cache, 'templates', name, 'state'), 1000);
    }
    const report = await run();
    expect(guestsOf(report)[0]).to.equal('boot, first');
    // Of the cell's own guest, and of the one that another agent would be started in.
    expect(notesOf(report)).to.have.length(2);
    for (const note of notesOf(report)) {
      expect(note).to.match(
        /is damaged: state: expected \d+ bytes, found 1000; another one is made$/,
      );
    }
    expect(report.cells[0]?.verdict).to.equal('pass');
    expect(guestsOf(await run())[0]).to.equal('L2, first');
  });

  it('blames a saved guest, and no kernel, if only restored guests crash', async () => {
    // Another agent's guest may have been saved, too, and folders are listed in no particular order.
    for (const name of (await listTemplates()).filter((each) => each.includes('-L2-'))) {
      await using ram = await open(join(cache, 'templates', name, 'ram'), 'r+');
      // Where the kernel lies (CONFIG_PHYSICAL_START). Sealed again, as if it had been saved like this.
      await ram.write(Buffer.alloc(32 * MIB), 0, 32 * MIB, 16 * MIB);
      expect(await sealEntry(cache, `templates/${name}`)).to.equal(true);
    }
    const report = await run();
    expect(guestsOf(report)).to.include('boot, first');
    expect(notesOf(report)).to.have.length(1);
    expect(notesOf(report)[0]).to.match(/could not be restored: .*; another one is made$/);
    expect(report.cells[0]?.verdict).to.equal('pass');
    expect(guestsOf(await run())[0]).to.equal('L2, first');
  });
});
