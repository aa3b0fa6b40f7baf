import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { expect } from 'chai';
import { UsageError } from '../errors.ts';
import { createSampleComparison } from '../pages/testing/sample-comparison.ts';
import { writeComparePage } from './write-compare-page.ts';

describe('kmx compare --html', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kmx-page-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** The page about a run in `reports/a run`. */
  async function write(): Promise<string> {
    mkdirSync(join(folder, 'pages'));
    const comparison = createSampleComparison();
    const columns = comparison.columns.map((column) => ({
      ...column,
      folder: relative(process.cwd(), join(folder, 'reports/a run')),
    }));
    const file = join(folder, 'pages/compare.html');
    await writeComparePage({ ...comparison, columns }, file);
    return readFileSync(file, 'utf8');
  }

  it('writes one file, whose links lead to the runs from wherever it is', async () => {
    mkdirSync(join(folder, 'reports/a run/cells/debian-6.1+default+v1+unguarded'), {
      recursive: true,
    });
    const page = await write();
    expect(readdirSync(join(folder, 'pages'))).to.deep.equal(['compare.html']);
    expect(page)
      .to.contain('href="./../reports/a%20run/"')
      .and.to.contain('href="./../reports/a%20run/cells/debian-6.1%2Bdefault%2Bv1%2Bunguarded/"');
  });

  it('links to no cell that has no folder', async () => {
    mkdirSync(join(folder, 'reports/a run/cells/debian-6.1+default+v2+guarded'), {
      recursive: true,
    });
    const page = await write();
    const cells = [...page.matchAll(/href="[^"]*\/cells\/([^"]*)\/"/g)].map(([, cell]) => cell);
    expect(cells).to.deep.equal(['debian-6.1%2Bdefault%2Bv2%2Bguarded']);
    expect(page).to.contain(
      '>no logs<span class="hidden"> of debian-6.1+default+v1+unguarded</span>',
    );
  });

  it('links to no cell of a run without cells', async () => {
    expect(await write()).not.to.contain('/cells/');
  });

  it('says so if the file cannot be written', async () => {
    const file = join(folder, 'no/such/folder/compare.html');
    const error = await writeComparePage(createSampleComparison(), file).catch((one) => one);
    expect(error).to.be.instanceOf(UsageError).with.property('message').that.contains(file);
  });
});
