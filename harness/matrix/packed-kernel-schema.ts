/** Kernels from packages, images, archives and the web, in `matrix.yaml`. */
import { z } from 'zod';
import { addCheck, exactlyOne, oneOrMore, textOf } from './schema-checks.ts';
import { filePath } from './schema-texts.ts';

const wantedImage = textOf('a path or glob', /^[^\p{Cc}]+$/u)
  .optional()
  .describe('Which file the kernel is, if there are several: a path, a name or a glob.');

const webFile = z.strictObject({
  url: textOf('a URL with http: or https:', /^https?:\/\/[^\s\p{Cc}]+$/u).describe(
    'Where the file is. http: will do, since its digest is known.',
  ),
  sha256: textOf('64 hexadecimal digits', /^[0-9a-f]{64}$/).describe(
    'What sha256sum says of the file. Anything else is refused.',
  ),
});

export const packageSchema = z.strictObject({
  file: oneOrMore(filePath).describe(
    'One .deb or .rpm or a list of them, for kernels that come in several packages.',
  ),
  image: wantedImage,
});

/** A reference always includes its registry: there is no default one. */
const reference = textOf(
  'a reference with its registry, such as "registry.example/kernels/linux:6.12"',
  /^(?:localhost|[\w-]+(?:\.[\w-]+)+|[\w.-]+:\d+|\[[\da-f:]+\](?::\d+)?)(?::\d+)?\/[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/,
);

export const ociSchema = addCheck(
  exactlyOne(
    z.strictObject({
      image: reference
        .optional()
        .describe('An image of a registry, by tag or digest. Its digest is kept with the results.'),
      layout: filePath
        .optional()
        .describe('A folder in the OCI layout, as skopeo and buildah write it.'),
      tag: textOf('a tag', /^\w[\w.-]{0,127}$/)
        .optional()
        .describe('Which image of a layout, if it has several.'),
      file: wantedImage,
      insecure: z
        .boolean()
        .optional()
        .describe('Asks the registry by http. Registries on this host need no such permission.')
        .meta({ default: false }),
    }),
    ['image', 'layout'],
  ),
  (value, report) => {
    const { image, layout } = value as { image?: unknown; layout?: unknown };
    if (layout === undefined && 'tag' in value) {
      const message = '"tag" goes with "layout": the reference of an image has its own';
      report(['tag'], message, { code: 'CONFLICT', atKey: true, earlier: 'image' });
    }
    if (image === undefined && 'insecure' in value) {
      const message = '"insecure" goes with "image": a layout is read from the disk';
      report(['insecure'], message, { code: 'CONFLICT', atKey: true, earlier: 'layout' });
    }
  },
);

export const urlSchema = z.strictObject({
  image: webFile.describe('bzImage or ELF vmlinux.'),
  config: webFile.optional().describe("The kernel's .config."),
  modules: webFile
    .optional()
    .describe('A tar file, plain or packed, with the folder lib/modules/RELEASE.'),
});

export const kataSchema = z.strictObject({
  archive: filePath.describe('kata-static-*.tar.zst or .tar.xz, as Kata releases them.'),
  image: textOf('a path or glob', /^[^\p{Cc}]+$/u)
    .optional()
    .describe('Which of its kernels: a path, a name or a glob.')
    .meta({ default: 'vmlinuz.container' }),
});
