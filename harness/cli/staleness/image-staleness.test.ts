import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { keepTag, readKeptTag } from '../../kernels/oci/kept-tag.ts';
import { MANIFEST } from '../../kernels/oci/oci-kernel.ts';
import { buildTar } from '../../kernels/testing/build-archives.ts';
import { type BuiltBlob, buildImage } from '../../kernels/testing/build-image.ts';
import { type FileServer, serveFiles } from '../../kernels/testing/file-server.ts';
import { BUILT } from '../../lock/testing/sample-lock.ts';
import type { OciSource } from '../../matrix/matrix.ts';
import { findStaleImages } from './image-staleness.ts';

describe('locked images', () => {
  let cacheRoot: string;
  let server: FileServer;
  let [old, young]: BuiltBlob[] = [];
  /** By tag or digest. */
  const manifests = new Map<string, BuiltBlob>();

  beforeEach(async () => {
    cacheRoot = await mkdtemp(join(tmpdir(), 'kmx-images-'));
    server = await serveFiles(({ url = '' }, response) => {
      const found = manifests.get(url.split('/').at(-1) ?? '');
      response.statusCode = found === undefined ? 404 : 200;
      response.end(found?.content);
    });
    [old, young] = await Promise.all(
      ['old', 'young'].map(async (content) =>
        buildImage([await buildTar([{ path: 'boot/vmlinuz', content }])]).at(-1),
      ),
    ).then((found) => found.filter((blob) => blob !== undefined));
    manifests.clear();
    offer(old, '6.12');
  });
  afterEach(async () => {
    await server[Symbol.asyncDispose]();
    await rm(cacheRoot, { recursive: true });
  });

  function offer(blob: BuiltBlob | undefined, tag: string): void {
    if (blob === undefined) throw new Error('Expected an image');
    manifests.set(blob.digest, blob).set(tag, blob);
  }

  const reference = () => `${server.url.replace(/^http:\/\/|\/$/g, '')}/linux:6.12`;
  const look = (offline = false) => {
    const from = { kind: 'registry', reference: reference(), insecure: false } as const;
    const source: OciSource = { kind: 'oci', from };
    const matrix = { kernels: new Map([['ci', source]]), configs: new Map() };
    const locked = { ...BUILT, inputs: { [MANIFEST]: old?.digest ?? '' } };
    const lock = { kernels: new Map([['ci', locked]]), agents: new Map() };
    const context = { cacheRoot, offline, onProgress: () => {} };
    return findStaleImages(matrix, lock, ['ci'], context);
  };

  it('are up to date while their tag leads to them', async () => {
    expect(await look()).to.deep.equal({ outdated: [], gone: [], unknown: [] });
  });

  it('are outdated once their tag has moved, which changes nothing for runs without the network', async () => {
    const kept = { reference: reference(), digest: old?.digest ?? '', lookedUpMs: 1 };
    await keepTag(cacheRoot, kept);
    offer(young, '6.12');
    const moved = { name: 'ci', locked: old?.digest, newest: young?.digest };
    expect(await look()).to.deep.equal({ outdated: [moved], gone: [], unknown: [] });
    expect(await readKeptTag(cacheRoot, reference())).to.deep.equal(kept);
  });

  it('are gone since the registry first lacked them', async () => {
    manifests.clear();
    const { outdated, gone } = await look();
    expect(outdated).to.deep.equal([
      { name: 'ci', locked: old?.digest, newest: 'the tag is gone' },
    ]);
    expect(gone).to.have.length(1);
    const [first] = gone;
    expect(first).to.include({ name: 'ci', image: reference(), digest: old?.digest });
    offer(young, '6.12');
    expect((await look()).gone).to.deep.equal([first]);
    offer(old, '6.11');
    expect((await look()).gone).to.deep.equal([]);
  });

  it('may be outdated without anybody being able to tell, which is said', async () => {
    expect((await look(true)).unknown).to.have.length(1);
    await keepTag(cacheRoot, {
      ...{ reference: reference(), digest: old?.digest ?? '', lookedUpMs: 1 },
    });
    expect(await look(true)).to.deep.equal({ outdated: [], gone: [], unknown: [] });
    // A registry that does not answer is no sign that nothing has changed.
    await server[Symbol.asyncDispose]();
    const { outdated, unknown } = await look();
    expect(outdated).to.deep.equal([]);
    expect(unknown).to.have.length(1);
    expect(unknown[0]).to.contain('/v2/linux/manifests/6.12');
  });
});
