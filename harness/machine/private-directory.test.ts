import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { InfraError } from '../errors.ts';
import { makePrivateDirectory } from './private-directory.ts';

describe('a private directory', () => {
  it('is for its owner only, and is removed with everything in it', async () => {
    const directory = await makePrivateDirectory();
    expect(statSync(directory.path).mode & 0o777).to.equal(0o700);
    writeFileSync(join(directory.path, 'file'), '');
    await directory[Symbol.asyncDispose]();
    expect(existsSync(directory.path)).to.equal(false);
  });

  it('leaves no listener behind in this process', async () => {
    const before = [process.listenerCount('exit'), process.getMaxListeners()];
    const directory = await makePrivateDirectory();
    await directory[Symbol.asyncDispose]();
    await directory[Symbol.asyncDispose]();
    expect([process.listenerCount('exit'), process.getMaxListeners()]).to.deep.equal(before);
  });

  it('names sockets up to the longest path that a socket can have', async () => {
    await using directory = await makePrivateDirectory();
    const longest = 'x'.repeat(107 - `${directory.path}/`.length);
    expect(Buffer.byteLength(directory.socketPath(longest))).to.equal(107);
    expect(() => directory.socketPath(`${longest}x`))
      .to.throw(InfraError, /at most 107 bytes, found 108/)
      .with.property('remedy')
      .that.contains('TMPDIR');
  });

  it('says which folder it cannot be created in', async () => {
    const error = await makePrivateDirectory('/nowhere/at/all').catch((fault: unknown) => fault);
    expect(error).to.be.instanceOf(InfraError);
    expect((error as InfraError).message).to.contain('/nowhere/at/all');
  });
});
