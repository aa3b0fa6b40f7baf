/** With Debian's docker-registry, which no test of ours has made, and a kernel of Debian's. */

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { execa } from 'execa';
import { cacheRoot } from '../cache/cache-root.ts';
import { fetchPackageFile } from '../debian/fetch-package.ts';
import { resolveInstallation } from '../debian/installation.ts';
import { unpackDeb } from '../debian/unpack-deb.ts';
import { InfraError } from '../errors.ts';
import { readKernelRelease } from '../kernels/kernel-file.ts';
import { resolveOciKernel } from '../kernels/oci/oci-kernel.ts';
import { buildTar } from '../kernels/testing/build-archives.ts';
import { type BuiltBlob, buildImage, buildIndex } from '../kernels/testing/build-image.ts';

const PACKAGE = 'docker-registry';
const DAY_MS = 24 * 60 * 60 * 1000;
/** `me` with the password `secret`, in the form of htpasswd. */
const USERS = 'me:$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n';

describe('a kernel in an image of a real registry', () => {
  let folder: string;
  let program: string;
  let kernel: Buffer;
  let stop: (() => Promise<void>) | undefined;
  let host: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-registry-'));
    const context = { cacheRoot: cacheRoot(process.env), onProgress: () => {} };
    const wanted = { suites: ['bookworm'], packages: [PACKAGE] };
    const packages = await resolveInstallation(context, wanted, DAY_MS);
    const file = packages.find(({ name }) => name === PACKAGE) ?? expect.fail();
    await fetchPackageFile(file, join(folder, 'registry.deb'));
    await unpackDeb(join(folder, 'registry.deb'), join(folder, 'package'));
    program = join(folder, 'package/usr/bin/docker-registry');
    kernel = await readFile(process.env.KMX_TEST_KERNEL ?? '');
  });
  after(() => rm(folder, { recursive: true, force: true }));
  afterEach(async () => {
    await stop?.();
  });

  /** Of a port that nobody has used just now; returns once it answers. */
  async function start(auth: object = {}): Promise<void> {
    const probe = createServer();
    await new Promise<void>((listening) => probe.listen(0, '127.0.0.1', listening));
    const { port } = probe.address() as AddressInfo;
    await new Promise((closed) => probe.close(closed));
    host = `127.0.0.1:${port}`;
    const storage = await mkdtemp(join(folder, 'storage-'));
    const config = {
      version: 0.1,
      log: { level: 'error' },
      storage: { filesystem: { rootdirectory: storage } },
      http: { addr: host },
      ...auth,
    };
    await writeFile(join(storage, 'config.yml'), JSON.stringify(config));
    const running = execa(program, ['serve', join(storage, 'config.yml')], { reject: false });
    let hasEnded = false;
    void running.then(() => {
      hasEnded = true;
    });
    stop = async () => {
      running.kill();
      await running;
    };
    for (;;) {
      const answers = await fetch(`http://${host}/v2/`).then(
        () => true,
        () => false,
      );
      if (answers) return;
      if (hasEnded) throw new Error((await running).stderr);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async function push(blobs: readonly BuiltBlob[], tag: string, headers = {}): Promise<void> {
    const send = async (url: string, method: string, content?: Buffer, type?: string) => {
      const answer = await fetch(url, {
        method,
        ...(content !== undefined && { body: new Uint8Array(content) }),
        headers: { ...headers, ...(type !== undefined && { 'content-type': type }) },
      });
      expect(answer.ok, `${method} ${url}: ${answer.status}`).to.equal(true);
      return answer;
    };
    for (const { mediaType, digest, content } of blobs) {
      if (/manifest|index/.test(mediaType)) {
        await send(`http://${host}/v2/linux/manifests/${digest}`, 'PUT', content, mediaType);
        continue;
      }
      const begun = await send(`http://${host}/v2/linux/blobs/uploads/`, 'POST');
      const place = new URL(begun.headers.get('location') ?? '', `http://${host}`);
      place.searchParams.set('digest', digest);
      await send(place.href, 'PUT', content, 'application/octet-stream');
    }
    const last = blobs.at(-1) ?? expect.fail();
    await send(`http://${host}/v2/linux/manifests/${tag}`, 'PUT', last.content, last.mediaType);
  }

  const resolve = (tag: string) =>
    resolveOciKernel(
      {
        kind: 'oci',
        from: { kind: 'registry', reference: `${host}/linux${tag}`, insecure: false },
      },
      { cacheRoot: join(folder, 'cache'), onProgress: () => {} },
    );

  it('is found by its tag and by its digest, also below an index', async () => {
    await start();
    const image = buildImage([
      gzipSync(await buildTar([{ path: 'boot/vmlinuz', content: kernel }])),
    ]);
    const index = buildIndex({ 'linux/amd64': image.at(-1) ?? expect.fail() });
    await push([...image, index], '6.12');
    const found = await resolve(':6.12');
    expect(found.release).to.equal(await readKernelRelease(process.env.KMX_TEST_KERNEL ?? ''));
    expect(await readFile(found.image)).to.deep.equal(kernel);
    const { digest } = image.at(-1) ?? expect.fail();
    expect(found.origin).to.equal(`oci ${host}/linux:6.12@${digest}: boot/vmlinuz`);
    expect((await resolve(`@${index.digest}`)).digest).to.equal(found.digest);
    const error = await resolve(':6.13').catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(InfraError).that.has.property('code', 'NO_IMAGE');
  });

  it('is shown only to whom the registry knows', async () => {
    const users = join(folder, 'htpasswd');
    await writeFile(users, USERS);
    await start({ auth: { htpasswd: { realm: 'mine', path: users } } });
    const auth = Buffer.from('me:secret').toString('base64');
    const image = buildImage([await buildTar([{ path: 'vmlinuz', content: kernel }])]);
    await push(image, 'mine', { authorization: `Basic ${auth}` });
    const before = process.env.DOCKER_CONFIG;
    process.env.DOCKER_CONFIG = join(folder, 'docker');
    try {
      const error = await resolve(':mine').catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(InfraError).that.has.property('code', 'DENIED');
      await mkdir(join(folder, 'docker'));
      const config = { auths: { [host]: { auth } } };
      await writeFile(join(folder, 'docker/config.json'), JSON.stringify(config));
      expect(await readFile((await resolve(':mine')).image)).to.deep.equal(kernel);
    } finally {
      if (before === undefined) delete process.env.DOCKER_CONFIG;
      else process.env.DOCKER_CONFIG = before;
    }
  });
});
