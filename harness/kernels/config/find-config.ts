import type { ConfigOrigin } from '../../events.ts';
import { type CompressionKind, compressionOf, decompress } from '../decompress.ts';
import { isElf } from '../elf.ts';
import { PAYLOAD_BYTES_MAX, payloadOf } from '../image-payload.ts';
import { identifyBzImage, isBzImage } from '../kernel-file.ts';
import { CONFIG_BYTES_MAX, findIkconfig } from './ikconfig.ts';

export type FoundConfig =
  | { readonly kind: 'text'; readonly text: Buffer; readonly from: ConfigOrigin }
  | Nothing;

export interface Nothing {
  readonly kind: 'nothing';
  /** A noun phrase: what there is instead. */
  readonly problem: string;
  readonly remedy: string;
}

const NAME_A_CONFIG =
  'name a .config, such as /boot/config-… or /proc/config.gz, or an image or package that has one';

export function nothing(problem: string, remedy = NAME_A_CONFIG): Nothing {
  return { kind: 'nothing', problem, remedy };
}

/** A packed image in a packed file. */
const LAYERS_MAX = 2;
/** Enough to tell a text from anything else. */
const HEAD_BYTES = 4096;

/**
 * The text of the configuration in the content of a file, which may be a text, an image, or either
 * of them packed.
 * @param what It is, for an error.
 * Throws an InfraError if the host lacks the program that unpacks it.
 */
export async function findConfig(
  content: Buffer,
  what: string,
  layersMax = LAYERS_MAX,
): Promise<FoundConfig> {
  const compression = compressionOf(content);
  if (compression !== undefined) {
    if (layersMax === 0) return nothing('data that is packed again and again');
    const inner = await unpack(content, compression, what);
    if (!Buffer.isBuffer(inner)) return inner;
    const found = await findConfig(inner, what, layersMax - 1);
    if (found.kind === 'text') return found;
    return { ...found, problem: `${compression} data with ${found.problem}` };
  }
  if (isBzImage(content)) return await findInBzImage(content, what);
  if (isText(content)) {
    if (content.length <= CONFIG_BYTES_MAX) return { kind: 'text', text: content, from: 'file' };
    return nothing(`a text of ${Math.ceil(content.length / 1024 / 1024)} MiB`);
  }
  const text = await findIkconfig(content);
  if (text !== undefined) return { kind: 'text', text, from: 'image' };
  return isElf(content) ? withoutConfig('an ELF file') : nothing('binary data');
}

export function isText(content: Buffer): boolean {
  return !content.subarray(0, HEAD_BYTES).includes(0);
}

async function findInBzImage(image: Buffer, what: string): Promise<FoundConfig> {
  const { compression, packed } = payloadOf(image);
  if (compression === undefined) return nothing('a bzImage that is packed in an unknown way');
  const kernel = await unpack(packed, compression, what);
  if (!Buffer.isBuffer(kernel)) return { ...kernel, problem: `a bzImage with ${kernel.problem}` };
  const text = await findIkconfig(kernel);
  if (text !== undefined) return { kind: 'text', text, from: 'image' };
  const identified = identifyBzImage(image);
  if (identified.kind === 'unusable') return withoutConfig('a bzImage');
  return withoutConfig(`the image of ${identified.release}`, identified.release);
}

function withoutConfig(image: string, release = 'RELEASE'): Nothing {
  return nothing(
    `${image} without a configuration in it (CONFIG_IKCONFIG)`,
    `name its .config, on Debian /boot/config-${release}, or build it with CONFIG_IKCONFIG=y`,
  );
}

async function unpack(
  packed: Buffer,
  compression: CompressionKind,
  what: string,
): Promise<Buffer | Nothing> {
  const unpacked = await decompress(packed, compression, { bytesMax: PAYLOAD_BYTES_MAX, what });
  switch (unpacked.kind) {
    case 'content':
      return unpacked.bytes;
    case 'broken':
      return nothing(`broken ${compression} data (${unpacked.message})`);
    case 'too-large':
      return nothing(
        `${compression} data that unpacks to more than ${PAYLOAD_BYTES_MAX / 1024 / 1024} MiB`,
      );
  }
}
