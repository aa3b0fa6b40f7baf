import { expect } from 'chai';
import { type Extract, extract } from 'tar-stream';
import type { FileEntry } from '../../file-entry.ts';
import { makeImageArchive } from './image-archive.ts';

const SETTINGS = { entrypoint: ['/init'], labels: { kind: 'test' } };
const init: FileEntry = { kind: 'file', path: '/init', mode: 0o755, content: Buffer.from('init') };
const link: FileEntry = { kind: 'link', path: '/bin/sh', target: '../init' };

async function unpack(stream: NodeJS.ReadableStream): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const entries = stream.pipe(extract() as Extract & NodeJS.WritableStream);
  for await (const entry of entries as Extract) {
    files.set(
      entry.header.name,
      Buffer.concat(await Array.fromAsync(entry as AsyncIterable<Buffer>)),
    );
  }
  return files;
}

describe('an image made of files', () => {
  it('is the same for the same files, in whatever order they are given', async () => {
    const one = await makeImageArchive([[init, link]], SETTINGS);
    const other = await makeImageArchive([[link, init]], SETTINGS);
    expect(one.digest).to.equal(other.digest);
    expect(one.digest).to.match(/^sha256:[0-9a-f]{64}$/);
  });

  it('is another one for other content, modes or settings', async () => {
    const digests = [
      await makeImageArchive([[init]], SETTINGS),
      await makeImageArchive([[{ ...init, content: Buffer.from('INIT') }]], SETTINGS),
      await makeImageArchive([[{ ...init, mode: 0o700 }]], SETTINGS),
      await makeImageArchive([[init]], { ...SETTINGS, entrypoint: ['/init', '--ports'] }),
      await makeImageArchive([[init], [link]], SETTINGS),
    ].map(({ digest }) => digest);
    expect(new Set(digests).size).to.equal(digests.length);
  });

  it('is an archive with a name, a configuration, and its layers once each', async () => {
    const archive = await makeImageArchive([[init], [link], [link]], SETTINGS);
    const files = await unpack(archive.open('localhost/test:1'));
    const [manifest] = JSON.parse(String(files.get('manifest.json')));
    expect(manifest.RepoTags).to.deep.equal(['localhost/test:1']);
    expect(manifest.Layers).to.have.length(3);
    expect(files.size).to.equal(4);
    const config = JSON.parse(String(files.get(manifest.Config)));
    expect(config.rootfs.diff_ids).to.deep.equal(archive.layers);
    expect(config.config.Entrypoint).to.deep.equal(['/init']);
    const layer = files.get(manifest.Layers[1]) ?? Buffer.alloc(0);
    expect(layer.toString('latin1', 0, 4)).to.equal('bin\0');
  });
});
