import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createGuest, type Guest } from '../channel/guest.ts';
import { takePicture } from './picture.ts';

/** A guest with 40 threads in each of many processes, whose files are as long as a read allows. */
function talkativeGuest(content: string): Guest {
  const names = Array.from({ length: 40 }, (_, id) => ({ name: `${id}`, kind: 'directory' }));
  const processes = Array.from({ length: 5000 }, (_, pid) => ({
    ...{ pid, parent: 1, name: 'x', state: 'S', threads: 40, cgroups: [], cpusAllowed: '0' },
  }));
  return createGuest(async (method, params) => {
    const { maxBytes = 0 } = params as { readonly maxBytes?: number };
    const data = Buffer.from(content.repeat(maxBytes / content.length)).toString('base64');
    const answers: Readonly<Record<string, unknown>> = {
      relay: { state: 'open', connections: 1, toAgentBytes: 0, toHostBytes: 0 },
      'list-directory': { entries: names },
      'read-file': { data, truncated: true },
      processes: { processes },
    };
    return answers[method] ?? {};
  }, 1000);
}

describe('taking a picture', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kmx-picture-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  for (const content of ['\u001b]', '\u0000\n']) {
    it(`takes no more than a mebibyte of ${JSON.stringify(content)}`, async () => {
      const guest = talkativeGuest(content);
      await takePicture({ guest, agentPid: 7, folder, timeoutMs: 60_000 });
      const text = readFileSync(join(folder, 'picture.txt'), 'utf8');
      expect(Buffer.byteLength(text)).to.be.within(100_000, 1024 * 1024);
      expect(text).to.match(/cut here|long enough/);
    });
  }

  it('says so if it cannot be written', async () => {
    const guest = talkativeGuest('0');
    const missing = join(folder, 'missing');
    const text = await takePicture({ guest, agentPid: 7, folder: missing, timeoutMs: 60_000 });
    expect(text).to.match(/picture\.txt: ENOENT/);
  });
});
