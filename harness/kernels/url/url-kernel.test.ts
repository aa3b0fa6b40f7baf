import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { execa } from 'execa';
import type { FetchProgress } from '../../debian/fetch-progress.ts';
import type { InfraError, UsageError } from '../../errors.ts';
import { buildTar } from '../testing/build-archives.ts';
import { buildBzImage } from '../testing/build-kernel.ts';
import { type FileServer, serveFiles } from '../testing/file-server.ts';
import { knownFailure } from '../testing/known-failure.ts';
import { resolveUrlKernel } from './url-kernel.ts';

const RELEASE = '6.12.7-web';
const IMAGE = buildBzImage(RELEASE);
const CONFIG = Buffer.from('CONFIG_CGROUPS=y\n');
const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');

describe('a kernel from the web', () => {
  let folder: string;
  let server: FileServer;
  const files = new Map<string, Buffer>();
  const progress: FetchProgress[] = [];

  before(async () => {
    const module = `lib/modules/${RELEASE}/kernel/virtio.ko`;
    const own = await buildTar([{ path: module, content: 'm' }]);
    const others = await buildTar([{ path: 'lib/modules/6.1.2/kernel/virtio.ko', content: 'm' }]);
    files.set('/bzImage', IMAGE).set('/config', CONFIG);
    files.set('/modules.tar.gz', gzipSync(own)).set('/others.tar', others);
    files.set('/text', Buffer.from('no kernel'));
    server = await serveFiles((request, response) => {
      const path = request.url ?? '';
      const [, redirect] = /^\/to\?(.*)$/.exec(path) ?? [];
      if (redirect !== undefined) response.writeHead(302, { location: redirect }).end();
      else if (path === '/loop') response.writeHead(302, { location: '/loop' }).end();
      else if (path === '/short') {
        response.writeHead(200, { 'content-length': IMAGE.length });
        response.write(IMAGE.subarray(0, 100));
        setTimeout(() => response.destroy(), 20);
      } else if (files.has(path)) response.end(files.get(path));
      else response.writeHead(404).end('nothing');
    });
  });
  after(() => server[Symbol.asyncDispose]());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-url-'));
    server.asked.length = 0;
    progress.length = 0;
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const file = (path: string, digest?: string) => ({
    url: new URL(path, server.url).href,
    sha256: digest ?? sha256(files.get(path) ?? IMAGE),
  });
  const resolve = (
    image = file('/bzImage'),
    others: { config?: typeof image; modules?: typeof image } = {},
    offline = false,
  ) =>
    resolveUrlKernel(
      { kind: 'url', image, ...others },
      { cacheRoot: folder, offline, onProgress: (one) => progress.push(one) },
    );
  const failure = async (work: Promise<unknown>): Promise<InfraError | UsageError> => {
    const error = await knownFailure(work);
    expect(await readdir(join(folder, 'kernels')).catch(() => [])).to.deep.equal([]);
    expect(await readdir(join(folder, 'temporary')).catch(() => [])).to.deep.equal([]);
    return error;
  };

  it('is fetched with its config and its modules', async () => {
    const config = file('/config');
    const modules = file('/modules.tar.gz');
    const kernel = await resolve(file('/bzImage'), { config, modules });
    expect(kernel.release).to.equal(RELEASE);
    expect(kernel.origin).to.equal(`url ${server.url}bzImage`);
    expect(await readFile(kernel.image)).to.deep.equal(IMAGE);
    expect(await readFile(kernel.config ?? '')).to.deep.equal(CONFIG);
    expect(existsSync(join(kernel.modules ?? '', 'kernel/virtio.ko'))).to.equal(true);
    expect(progress.at(-1)?.kind).to.equal('fetched');
  });

  it('is fetched once, and found by its digest wherever it is said to be', async () => {
    await resolve();
    await resolve();
    await resolve({ ...file('/bzImage'), url: 'http://127.0.0.1:1/elsewhere' }, {}, true);
    expect(server.asked).to.deep.equal(['GET /bzImage']);
  });

  it('is fetched through redirects', async () => {
    const kernel = await resolve({ ...file('/bzImage'), url: `${server.url}to?/bzImage` });
    expect(kernel.release).to.equal(RELEASE);
  });

  it('is refused if it has another digest, naming both', async () => {
    const expected = 'a'.repeat(64);
    const error = await failure(resolve(file('/bzImage', expected)));
    expect(error.message).to.equal(
      `${server.url}bzImage: expected sha256 ${expected}, as the matrix says; found ${sha256(IMAGE)}`,
    );
    expect(error.code).to.equal('WRONG_DIGEST');
    expect(progress.at(-1)?.kind).to.equal('not-fetched');
  });

  it('is refused if the server has none, breaks off, or sends one in circles', async () => {
    expect((await failure(resolve(file('/none')))).message).to.contain('the server answers 404');
    expect((await failure(resolve(file('/short')))).message).to.contain('it broke off');
    const loop = { ...file('/bzImage'), url: `${server.url}loop` };
    expect((await failure(resolve(loop))).message).to.contain('it redirects more than 5 times');
    const ftp = { ...file('/bzImage'), url: `${server.url}to?ftp://host/x` };
    expect((await failure(resolve(ftp))).message).to.contain('it redirects to ftp://host/x');
  });

  it('is refused if nobody answers, or offline', async () => {
    const nobody = { ...file('/bzImage'), url: 'http://127.0.0.1:1/bzImage' };
    const error = await failure(resolve(nobody));
    expect(error.message).to.match(/could not be fetched: .*ECONNREFUSED/);
    const offline = await failure(resolve(file('/bzImage'), {}, true));
    expect(offline.code).to.equal('OFFLINE');
    expect(server.asked).to.deep.equal([]);
  });

  it('is refused if a file is not what it should be', async () => {
    expect((await failure(resolve(file('/text')))).message).to.match(
      /text: image: expected a kernel for x86_64/,
    );
    const config = file('/bzImage');
    expect((await failure(resolve(file('/bzImage'), { config }))).message).to.contain(
      "expected a kernel's configuration",
    );
    const modules = file('/others.tar');
    expect((await failure(resolve(file('/bzImage'), { modules }))).message).to.contain(
      `expected a tar file with lib/modules/${RELEASE}; found modules of 6.1.2`,
    );
  });

  it('is fetched through a proxy where the environment names one', async () => {
    const seen: string[] = [];
    const proxy = createServer((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      response.end(IMAGE);
    });
    proxy.on('connect', (request, socket) => {
      seen.push(`CONNECT ${request.url}`);
      const onward = connect(Number(new URL(server.url).port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        onward.pipe(socket).pipe(onward);
      });
    });
    await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
    const { port } = proxy.address() as AddressInfo;
    const program = `
      import { fetchFile } from ${JSON.stringify(new URL('../web/fetch-file.ts', import.meta.url).href)};
      const expected = { sha256: '${sha256(IMAGE)}', says: 'a test says', bytesMax: 1e6 };
      await fetchFile(new URL('http://kernels.invalid/bzImage'), process.argv[1], expected, { onProgress() {} });
    `;
    const to = join(folder, 'fetched');
    await execa(process.execPath, ['--input-type=module', '--eval', program, to], {
      env: { http_proxy: `http://127.0.0.1:${port}`, no_proxy: '' },
    });
    proxy.closeAllConnections();
    proxy.close();
    expect(await readFile(to)).to.deep.equal(IMAGE);
    expect(seen).to.deep.equal(['GET http://kernels.invalid/bzImage']);
  });
});
