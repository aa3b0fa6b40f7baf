import { inflateRawSync } from 'node:zlib';
import { expect } from 'chai';
import type { PackedGuests } from '../../client/packed-logs.ts';
import { createSampleReport } from '../../testing/sample-report.ts';
import { gatherLogs, type LogLimits, type ReadLog } from './gather-logs.ts';
import type { LogPack } from './page-logs.ts';
import { scopeOf } from './page-scope.ts';

const report = createSampleReport();
const panicked = report.cells
  .flatMap((cell) => cell.tests.map((test) => ({ cell, test })))
  .find(({ test }) => test.verdict === 'agent-panic');
if (panicked?.test.guest === undefined) throw new Error('Expected the sample to have a panic');
const { cell, test } = panicked;
const guest = panicked.test.guest;
const [finding] = test.findings;
if (finding === undefined) throw new Error('Expected the panic to be found');

/** Every guest has the same, in which the panic is where it was found. */
const SAID = `${' '.repeat(Math.max(0, finding.start - 1))}\n${finding.excerpt}\nafter it\n`;
const readAll: ReadLog = (path) =>
  path.at(-1) === 'agent-stderr.log' ? new TextEncoder().encode(SAID) : undefined;

function gather(read: ReadLog = readAll, limits?: LogLimits) {
  return gatherLogs({ report, scope: scopeOf(report), read, folder: '../the run' }, limits);
}

function unpack({ data }: LogPack): PackedGuests {
  return JSON.parse(inflateRawSync(Buffer.from(data, 'base64')).toString()) as PackedGuests;
}

describe('Gathering logs for the page of a run', () => {
  it('packs what guests said, with the finding marked and the way to the file', () => {
    const packs = gather().packs.filter((pack) => pack.cell === cell.id);
    const logs = packs.map(unpack).flatMap((guests) => guests[guest]?.logs ?? []);
    const log = logs.find(({ name }) => name === 'agent-stderr');
    expect(log?.parts[0]?.[1]).to.contain('after it');
    expect(log?.marks[0]).to.include({ title: finding.title });
    expect(log?.href).to.match(/^\.\/\.\.\/the%20run\/cells\/.*\/agent-stderr\.log$/);
    expect(logs.map(({ name }) => name)).to.include('command');
  });

  it('quotes a finding with the lines around it', () => {
    const excerpt = gather().excerptOf(cell.id, guest, finding);
    expect(excerpt?.lines.map(({ text }) => text)).to.include('after it');
    const deciding = excerpt?.lines.find(({ number }) => number === excerpt.deciding);
    expect(finding.excerpt).to.contain(deciding?.text);
  });

  it('still quotes, and says so, if there is no room for whole logs', () => {
    const logs = gather(readAll, { packedMax: 0, guestsMax: 0 });
    expect(logs.packs).to.deep.equal([]);
    expect(logs.note).to.match(/the logs of \d+ guests are not on this page/);
    expect(logs.excerptOf(cell.id, guest, finding)).to.have.property('lines');
    expect(logs.logsOf(cell.id, guest).some(({ isPacked }) => isPacked)).to.equal(false);
  });

  it('has nothing but commands of a run whose files are gone', () => {
    const logs = gather(() => undefined);
    expect(logs.logsOf(cell.id, guest).map(({ name }) => name)).to.deep.equal(['command']);
    expect(logs.excerptOf(cell.id, guest, finding)).to.equal(undefined);
  });
});
