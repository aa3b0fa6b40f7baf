import { expect } from 'chai';
import { nameOf, type Tool } from '../kernels/source/tools.ts';
import { checkBuilds } from './build-checks.ts';

describe('what kmx doctor says about building kernels', () => {
  const without = (...names: readonly string[]) =>
    checkBuilds('/cache', async (tool: Tool) => !names.includes(nameOf(tool)));

  it('names what a host lacks to build any, and two ways to get it', async () => {
    expect(await without('flex', 'gelf.h')).to.deep.equal({
      name: 'kernel builds',
      state: 'reduced',
      found: 'not found: flex, gelf.h (builds kernels from sources)',
      remedy:
        'apt-get install flex libelf-dev; or, with Docker or Podman, add --build-in container',
    });
  });

  it('tells that from what only configurations of distributions need', async () => {
    const { found, remedy } = await without('pahole', 'openssl/opensslv.h', 'openssl');
    expect(found).to.equal(
      'not found: openssl/opensslv.h, openssl, pahole (builds kernels with configurations of distributions)',
    );
    expect(remedy).to.match(/^apt-get install libssl-dev openssl dwarves;/);
  });

  it('names the compiler of a host that has everything', async () => {
    const { state, found } = await without();
    if (state === 'fine') expect(found).to.match(/^\S*gcc.*\d, and the other tools$/);
    else expect(found).to.match(/^gcc is not installed/);
  });

  it('rejects a cache in whose path Linux cannot be built', async () => {
    const { state, found, remedy } = await checkBuilds('/my cache', async () => true);
    expect(state).to.equal('reduced');
    expect(found).to.equal("Linux cannot be built below /my cache, with ' ' in the path");
    expect(remedy).to.contain('KMX_CACHE');
  });
});
