import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import type { FetchProgress } from '../../debian/fetch-progress.ts';
import type { InfraError, UsageError } from '../../errors.ts';
import type { OciSource } from '../../matrix/matrix.ts';
import { buildTar } from '../testing/build-archives.ts';
import { type BuiltBlob, buildImage, buildIndex, writeLayout } from '../testing/build-image.ts';
import { buildBzImage } from '../testing/build-kernel.ts';
import { type FileServer, serveFiles } from '../testing/file-server.ts';
import { knownFailure } from '../testing/known-failure.ts';
import { resolveOciKernel } from './oci-kernel.ts';

const RELEASE = '6.12.20';

describe('a kernel in a container image', () => {
  let folder: string;
  const progress: FetchProgress[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-oci-'));
    progress.length = 0;
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const resolve = (from: OciSource['from'], file?: string, offline = false) =>
    resolveOciKernel(
      { kind: 'oci', from, ...(file !== undefined && { file }) },
      { cacheRoot: join(folder, 'cache'), offline, onProgress: (one) => progress.push(one) },
    );
  const failure = async (work: Promise<unknown>): Promise<InfraError | UsageError> => {
    const error = await knownFailure(work);
    expect(await readdir(join(folder, 'cache/temporary')).catch(() => [])).to.deep.equal([]);
    return error;
  };

  /** Three layers: what is over the others counts, and hides some of them. */
  async function layersOf(release = RELEASE): Promise<Buffer[]> {
    return [
      await buildTar([
        { path: 'boot/vmlinuz-6.1.0', content: buildBzImage('6.1.0') },
        { path: 'boot/old/vmlinuz', content: 'gone' },
        { path: 'lib/modules/6.1.0/kernel/old.ko', content: 'm' },
        { path: 'usr/lib/modules/x', content: 'x' },
      ]),
      gzipSync(
        await buildTar([
          { path: 'boot/.wh.vmlinuz-6.1.0', content: '' },
          { path: `boot/vmlinuz-${release}`, content: buildBzImage(release) },
          { path: `boot/config-${release}`, content: 'CONFIG_PSI=y\n' },
        ]),
      ),
      await buildTar([
        { path: 'lib/modules/.wh..wh..opq', content: '' },
        { path: `lib/modules/${release}/kernel/new.ko`, content: 'm' },
        { path: 'boot/vmlinuz', link: `vmlinuz-${release}` },
      ]),
    ];
  }

  describe('of a layout on the disk', () => {
    const layout = () => join(folder, 'layout');
    const write = async (tags: readonly string[] = ['one']): Promise<readonly BuiltBlob[]> => {
      const blobs = buildImage(await layersOf());
      const manifest = blobs.at(-1) ?? expect.fail();
      await writeLayout(layout(), blobs, Object.fromEntries(tags.map((tag) => [tag, manifest])));
      return blobs;
    };

    it('is found in layers over each other, with whiteouts', async () => {
      const blobs = await write();
      const kernel = await resolve({ kind: 'layout', path: layout() });
      expect(kernel.release).to.equal(RELEASE);
      const { digest } = blobs.at(-1) ?? expect.fail();
      expect(kernel.origin).to.equal(`oci ${layout()}@${digest}: boot/vmlinuz-${RELEASE}`);
      expect(await readFile(kernel.config ?? '', 'utf8')).to.equal('CONFIG_PSI=y\n');
      expect(existsSync(join(kernel.modules ?? '', 'kernel/new.ko'))).to.equal(true);
      expect(existsSync(join(kernel.image, '../layers'))).to.equal(false);
    });

    it('is named by a tag where there are several images', async () => {
      await write(['one', 'two']);
      const error = await failure(resolve({ kind: 'layout', path: layout() }));
      expect(error.message).to.contain('expected one image; found one, two');
      const kernel = await resolve({ kind: 'layout', path: layout(), tag: 'two' });
      expect(kernel.release).to.equal(RELEASE);
    });

    it('is refused if a blob is not what its name says, naming both digests', async () => {
      const [first] = await write();
      const name = (first ?? expect.fail()).digest.replace('sha256:', '');
      await writeFile(join(layout(), 'blobs/sha256', name), 'other');
      const error = await failure(resolve({ kind: 'layout', path: layout() }));
      expect(error.code).to.equal('WRONG_DIGEST');
      expect(error.message).to.match(
        new RegExp(`expected sha256 ${name}, .*; found [0-9a-f]{64}$`),
      );
      await rm(join(layout(), 'blobs/sha256', name));
      expect((await failure(resolve({ kind: 'layout', path: layout() }))).code).to.equal(
        'NO_IMAGE',
      );
    });

    it('is refused if the folder is none', async () => {
      const error = await failure(resolve({ kind: 'layout', path: join(folder, 'none') }));
      expect(error.message).to.match(
        /index\.json: expected a part of an OCI layout; found .*ENOENT/,
      );
    });
  });

  describe('of a registry', () => {
    let server: FileServer;
    const blobs = new Map<string, BuiltBlob>();
    const tags = new Map<string, BuiltBlob>();
    /** What a test has the server answer instead; returns whether it did. */
    let instead: (request: IncomingMessage, response: ServerResponse) => boolean = () => false;

    beforeEach(async () => {
      blobs.clear();
      tags.clear();
      instead = () => false;
      server = await serveFiles((request, response) => {
        if (instead(request, response)) return;
        const [, kind, name = ''] =
          /^\/v2\/kernels\/linux\/(manifests|blobs)\/(.*)$/.exec(request.url ?? '') ?? [];
        const blob = (kind === 'manifests' ? tags.get(name) : undefined) ?? blobs.get(name);
        if (blob === undefined) {
          response.writeHead(404).end();
          return;
        }
        response.writeHead(200, {
          'content-type': blob.mediaType,
          'docker-content-digest': blob.digest,
        });
        response.end(blob.content);
      });
    });
    afterEach(() => server[Symbol.asyncDispose]());

    const push = async (tag: string, release = RELEASE): Promise<readonly BuiltBlob[]> => {
      const image = buildImage(await layersOf(release));
      for (const blob of image) blobs.set(blob.digest, blob);
      tags.set(tag, image.at(-1) ?? expect.fail());
      return image;
    };
    const from = (name = ':6.12'): OciSource['from'] => ({
      kind: 'registry',
      reference: `${new URL(server.url).host}/kernels/linux${name}`,
      insecure: false,
    });

    it('is fetched by a tag, whose digest its origin says', async () => {
      const image = await push('6.12');
      const kernel = await resolve(from());
      const { host } = new URL(server.url);
      const { digest } = image.at(-1) ?? expect.fail();
      expect(kernel.release).to.equal(RELEASE);
      expect(kernel.origin).to.equal(
        `oci ${host}/kernels/linux:6.12@${digest}: boot/vmlinuz-${RELEASE}`,
      );
      expect(progress.some(({ kind }) => kind === 'fetched')).to.equal(true);
    });

    it('is looked up again, and fetched again only if the tag leads elsewhere', async () => {
      await push('6.12');
      const first = await resolve(from());
      server.asked.length = 0;
      expect((await resolve(from())).digest).to.equal(first.digest);
      expect(server.asked).to.deep.equal(['GET /v2/kernels/linux/manifests/6.12']);
      await push('6.12', '6.12.21');
      expect((await resolve(from())).release).to.equal('6.12.21');
    });

    it('is taken as it was last seen if offline, or nobody answers', async () => {
      await push('6.12');
      await resolve(from());
      server.asked.length = 0;
      expect((await resolve(from(), undefined, true)).release).to.equal(RELEASE);
      expect(server.asked).to.deep.equal([]);
      const where = from();
      await server[Symbol.asyncDispose]();
      expect((await resolve(where)).release).to.equal(RELEASE);
      const note = progress.find(({ kind }) => kind === 'note');
      expect(note?.kind === 'note' && note.text).to.match(
        /using sha256:[0-9a-f]{64}, which .* pointed to at 20\d\d-/,
      );
      const other = await failure(resolve(from(':other'), undefined, true));
      expect(other.code).to.equal('OFFLINE');
    });

    it('is the one for linux/amd64 among several', async () => {
      const [mine, other] = [await push('amd64'), await push('arm64', '6.12.99')];
      const index = buildIndex({
        'linux/arm64': other.at(-1) ?? expect.fail(),
        'linux/amd64': mine.at(-1) ?? expect.fail(),
      });
      tags.set('6.12', index);
      expect((await resolve(from())).release).to.equal(RELEASE);
      tags.set('foreign', buildIndex({ 'linux/arm64': other.at(-1) ?? expect.fail() }));
      const error = await failure(resolve(from(':foreign')));
      expect(error.message).to.contain('expected an image for linux/amd64; found linux/arm64');
    });

    it('is fetched by its digest, and not looked up again', async () => {
      const image = await push('6.12');
      const { digest } = image.at(-1) ?? expect.fail();
      await resolve(from(`@${digest}`));
      server.asked.length = 0;
      await resolve(from(`@${digest}`));
      expect(server.asked).to.deep.equal([]);
    });

    it('is named by its file where there are several', async () => {
      const boot = (release: string) => ({
        path: `data/kernels/${release}/boot/vmlinuz-${release}`,
        content: buildBzImage(release),
      });
      const image = buildImage([await buildTar([boot('6.1.1'), boot('6.6.6')])]);
      for (const blob of image) blobs.set(blob.digest, blob);
      tags.set('6.12', image.at(-1) ?? expect.fail());
      const error = await failure(resolve(from()));
      expect(error.message).to.contain('found 2 kernels: data/kernels/6.1.1/boot/vmlinuz-6.1.1');
      expect((await resolve(from(), '*-6.6.6')).release).to.equal('6.6.6');
    });

    describe('that lies', () => {
      const answer = (pattern: RegExp, content: Buffer, headers = {}): void => {
        instead = ({ url }, response) => {
          if (!pattern.test(url ?? '')) return false;
          response.writeHead(200, headers).end(content);
          return true;
        };
      };

      it('about a layer is told both digests, and nothing is kept', async () => {
        const [first] = await push('6.12');
        const { digest, content } = first ?? expect.fail();
        const other = Buffer.from(content);
        other[1000] = 1;
        answer(new RegExp(`blobs/${digest}`), other);
        const error = await failure(resolve(from()));
        expect(error.code).to.equal('WRONG_DIGEST');
        expect(error.message).to.match(
          /layer \w{12}: expected sha256 \w{64}, as the image's manifest says; found \w{64}$/,
        );
        expect(await readdir(join(folder, 'cache/kernels')).catch(() => [])).to.deep.equal([]);
      });

      it('about the length of a layer is not listened to for longer', async () => {
        const [first] = await push('6.12');
        const { digest, content } = first ?? expect.fail();
        answer(new RegExp(`blobs/${digest}`), Buffer.concat([content, Buffer.alloc(9999)]));
        expect((await failure(resolve(from()))).message).to.contain('it has more than the');
      });

      it('about a manifest is told both digests', async () => {
        const image = await push('6.12');
        const { digest, content } = image.at(-1) ?? expect.fail();
        answer(/manifests/, Buffer.concat([content, Buffer.from(' ')]), {
          'docker-content-digest': digest,
        });
        expect((await failure(resolve(from()))).code).to.equal('WRONG_DIGEST');
        answer(/manifests/, Buffer.concat([content, Buffer.from(' ')]));
        const error = await failure(resolve(from(`@${digest}`)));
        expect(error.message).to.contain(digest.replace('sha256:', ''));
      });

      it('with what is no manifest is not believed', async () => {
        for (const [content, found] of [
          ['<html>', 'found no JSON'],
          ['{"schemaVersion":1}', 'found a document of another form'],
          [`{"layers":[{"mediaType":"x","digest":"sha256:../../x","size":1}]}`, 'of another form'],
        ] as const) {
          answer(/manifests/, Buffer.from(content));
          expect((await failure(resolve(from()))).message).to.contain(found);
        }
      });
    });

    describe('that wants credentials', () => {
      const config = process.env.DOCKER_CONFIG;
      beforeEach(async () => {
        process.env.DOCKER_CONFIG = folder;
        await push('6.12');
      });
      afterEach(() => {
        if (config === undefined) delete process.env.DOCKER_CONFIG;
        else process.env.DOCKER_CONFIG = config;
      });
      const login = async (user: string) => {
        const auth = Buffer.from(`${user}:secret`).toString('base64');
        const auths = { [new URL(server.url).host]: { auth } };
        await writeFile(join(folder, 'config.json'), JSON.stringify({ auths }));
      };
      const basic = `Basic ${Buffer.from('me:secret').toString('base64')}`;

      it('gets those that docker login has kept', async () => {
        instead = ({ headers }, response) => {
          if (headers.authorization === basic) return false;
          response.writeHead(401, { 'www-authenticate': 'Basic realm="mine"' }).end();
          return true;
        };
        const error = await failure(resolve(from()));
        expect(error.code).to.equal('DENIED');
        expect(error.remedy).to.contain(`docker login ${new URL(server.url).host}`);
        await login('you');
        expect((await failure(resolve(from()))).code).to.equal('DENIED');
        await login('me');
        expect((await resolve(from())).release).to.equal(RELEASE);
      });

      it('gets a token, with and without them', async () => {
        instead = ({ url, headers }, response) => {
          if (url?.startsWith('/token') === true) {
            expect(url).to.equal('/token?service=own&scope=repository%3Akernels%2Flinux%3Apull');
            const token = headers.authorization === basic ? 'of-me' : 'of-anybody';
            response.end(JSON.stringify({ token }));
            return true;
          }
          if (headers.authorization?.startsWith('Bearer of-') === true) return false;
          const challenge = `Bearer realm="${server.url}token",service="own"`;
          response.writeHead(401, { 'www-authenticate': challenge }).end();
          return true;
        };
        expect((await resolve(from())).release).to.equal(RELEASE);
      });

      it('does not send them where it redirects to', async () => {
        await login('me');
        const seen: (string | undefined)[] = [];
        await using other = await serveFiles(({ url, headers }, response) => {
          seen.push(headers.authorization);
          response.end(blobs.get(decodeURIComponent(url?.slice(1) ?? ''))?.content);
        });
        instead = ({ url, headers }, response) => {
          if (headers.authorization !== basic) {
            response.writeHead(401, { 'www-authenticate': 'Basic realm="mine"' }).end();
            return true;
          }
          const [, digest] = /blobs\/(.*)$/.exec(url ?? '') ?? [];
          if (digest === undefined) return false;
          response.writeHead(307, { location: `${other.url}${digest}` }).end();
          return true;
        };
        expect((await resolve(from())).release).to.equal(RELEASE);
        expect(seen).to.deep.equal([undefined, undefined, undefined]);
      });
    });

    it('is refused if the registry does not have it', async () => {
      const error = await failure(resolve(from(':none')));
      expect(error.message).to.contain('the registry does not have it (404 for /v2/kernels/linux/');
    });
  });
});
