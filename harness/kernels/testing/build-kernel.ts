import { gzipSync } from 'node:zlib';
import { buildElf } from './build-elf.ts';

/** The parts of a bzImage from which its release is read. */
export function buildBzImage(release: string, { flags = 1 } = {}): Buffer {
  const image = Buffer.alloc(0x1000);
  image.writeUInt16LE(0xaa55, 0x1fe);
  image.write('HdrS', 0x202, 'latin1');
  image.writeUInt16LE(0x600, 0x20e);
  image.writeUInt16LE(flags, 0x236);
  image.write(`${release} (someone@somewhere) #1 SMP\0`, 0x800, 'latin1');
  return image;
}

/** A bzImage with a payload where its header says. */
export function buildPackedBzImage(release: string, payload: Buffer): Buffer {
  const head = buildBzImage(release);
  head.writeUInt8(head.length / 512 - 1, 0x1f1);
  head.writeUInt32LE(0, 0x248);
  head.writeUInt32LE(payload.length, 0x24c);
  return Buffer.concat([head, payload]);
}

/** The parts of an ELF vmlinux by which it is recognised. */
export function buildVmlinux(
  release: string,
  { machine = 62, hasPvhEntry = true, ikconfig = '' } = {},
): Buffer {
  const note = Buffer.alloc(12 + 4 + 8);
  note.writeUInt32LE(4, 0);
  note.writeUInt32LE(8, 4);
  note.writeUInt32LE(hasPvhEntry ? 18 : 1, 8);
  note.write('Xen\0', 12, 'latin1');
  const text = `Linux version %s\0Linux version ${release} (someone@somewhere) (gcc) #1 SMP\n\0`;
  const config = ikconfig === '' ? Buffer.alloc(0) : buildIkconfig(ikconfig);
  const tail = Buffer.concat([Buffer.from(text), config]);
  return buildElf({ machine, segments: [{ type: 4, body: note }], tail });
}

/** A configuration as CONFIG_IKCONFIG puts it into a kernel. */
export function buildIkconfig(text: string): Buffer {
  return Buffer.concat([Buffer.from('IKCFG_ST'), gzipSync(text), Buffer.from('IKCFG_ED')]);
}
