import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { digestFile, digestOf, nameOfDigest } from '../../cache/digest.ts';
import { UsageError } from '../../errors.ts';
import { toLine } from '../../text.ts';
import { readRegularFile } from '../read-regular-file.ts';
import { wrongDigest } from '../web/fetch-file.ts';
import type { ImageStore, NamedManifest } from './image-store.ts';
import { type Descriptor, MANIFEST_BYTES_MAX, parseManifest } from './manifest.ts';

/** Of the OCI image specification, "Pre-Defined Annotation Keys". */
const TAG = 'org.opencontainers.image.ref.name';

/** A folder in the OCI layout (OCI image specification 1.1, "Image Layout"). */
export class Layout implements ImageStore {
  readonly name: string;
  readonly #folder: string;
  readonly #tag: string | undefined;

  constructor(folder: string, tag: string | undefined) {
    this.#folder = folder;
    this.#tag = tag;
    this.name = tag === undefined ? folder : `${folder}:${tag}`;
  }

  async findManifest(): Promise<NamedManifest> {
    const index = parseManifest(await this.#read('index.json'), this.name);
    const all = index.kind === 'index' ? index.manifests : [];
    const tagOf = ({ annotations }: Descriptor) => annotations?.[TAG];
    const fitting = this.#tag === undefined ? all : all.filter((one) => tagOf(one) === this.#tag);
    const [first, ...others] = fitting;
    if (first === undefined || others.length > 0) {
      const tags = all.map((one) => tagOf(one) ?? 'one without a tag');
      throw new UsageError(
        `${this.name}: expected one image; found ${toLine(tags.join(', ')) || 'none'}`,
        { code: 'NO_IMAGE', remedy: "name one of them with 'tag'" },
      );
    }
    return this.readManifest(first.digest);
  }

  async readManifest(digest: string): Promise<NamedManifest> {
    const content = await this.#read(pathOf(digest));
    this.#check(digest, digestOf(content));
    return { digest, content };
  }

  async saveLayer({ digest }: Descriptor, to: string): Promise<void> {
    const path = join(this.#folder, pathOf(digest));
    this.#check(
      digest,
      await digestFile(path).catch((error: unknown) => this.#unreadable(path, error)),
    );
    await symlink(path, to);
  }

  async #read(path: string): Promise<Buffer> {
    const file = join(this.#folder, path);
    try {
      return await readRegularFile(file, { bytesMax: MANIFEST_BYTES_MAX });
    } catch (error) {
      return this.#unreadable(file, error);
    }
  }

  #unreadable(file: string, cause: unknown): never {
    const found = toLine((cause as Error).message);
    throw new UsageError(`${file}: expected a part of an OCI layout; found ${found}`, {
      code: 'NO_IMAGE',
      remedy:
        'name a folder with oci-layout, index.json and blobs/, whole: skopeo copy … oci:FOLDER:TAG',
      cause,
    });
  }

  #check(expected: string, found: string): void {
    if (found === expected) return;
    const what = `${this.name}, ${pathOf(expected)}`;
    throw wrongDigest(what, 'its name says', nameOfDigest(expected), nameOfDigest(found));
  }
}

/** Digests have no other algorithm here, and nothing but digits after it (`descriptorSchema`). */
function pathOf(digest: string): string {
  return join('blobs/sha256', nameOfDigest(digest));
}
