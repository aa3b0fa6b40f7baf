/** The part of `matrix.yaml` that says where a kernel comes from. */
import { z } from 'zod';
import { kconfigRequest } from './kconfig-schema.ts';
import { FLAVOURS } from './matrix.ts';
import { kataSchema, ociSchema, packageSchema, urlSchema } from './packed-kernel-schema.ts';
import { addCheck, exactlyOne, oneOrMore, packages, textOf } from './schema-checks.ts';
import { filePath, suite } from './schema-texts.ts';

const suites = oneOrMore(suite).describe(
  'One suite or a list of them. Nothing is added: list -security and -backports as well.',
);

/** A kernel that is built has exactly one of these: where its sources are. */
const TREES = ['debian', 'tree', 'tarball', 'git'] as const;

const tree = {
  debian: z
    .strictObject({
      suite: suites,
      package: textOf(
        'a package such as "linux-source-6.12"',
        /^linux-source-\d[a-z0-9.+~-]*(?:=\d[A-Za-z0-9.+:~-]*)?$/,
      ).describe('Takes the newest version in the suites, or after "=" exactly that version.'),
    })
    .optional()
    .describe("A package of sources, from the host's own mirror."),
  tree: filePath.optional().describe('A folder with the sources. Nothing is written to it.'),
  tarball: filePath.optional().describe('The sources as a tar file, plain or packed.'),
  git: z
    .strictObject({
      repository: filePath.describe('A clone on this host. Its working tree is not touched.'),
      commit: textOf('a commit, tag or branch', /^(?!-)[^\s\p{Cc}]+$/u).describe(
        'Commit, tag or branch.',
      ),
    })
    .optional()
    .describe('A commit of a git repository.'),
};

const base = z
  .union([
    exactlyOne(
      z.strictObject({
        kernel: z.string().optional().describe('The configuration of this kernel of the matrix.'),
        file: filePath.optional().describe('A .config.'),
      }),
      ['kernel', 'file'],
    ),
    z.enum(['minimal', 'tinyconfig', 'defconfig']),
  ])
  .default('minimal')
  .describe(
    'What the configuration is made from: "minimal" is the least that boots a guest of kmx.',
  );

const built = exactlyOne(
  z.strictObject({
    ...tree,
    base,
    ...kconfigRequest,
    may_be_absent: filePath
      .optional()
      .describe('A file of symbols, one a line, that this kernel need not know.'),
  }),
  TREES,
);

const debian = addCheck(
  exactlyOne(
    z.strictObject({
      suite: suites,
      series: textOf('two numbers in quotes, such as "6.12"', /^\d+\.\d+$/)
        .optional()
        .describe('Takes the newest kernel of this version. In quotes, as 6.10 would be 6.1.'),
      package: textOf(
        'a package such as "linux-image-6.1.0-56-cloud-amd64"',
        /^linux-image-\d[a-z0-9.+~-]*$/,
      )
        .optional()
        .describe('Takes this package instead of the newest of a series.'),
      flavour: z
        .enum(FLAVOURS)
        .optional()
        .describe('Which configuration of a series: "full" is the one for physical machines.')
        .meta({ default: 'cloud' }),
      sha256: packages(textOf('64 hexadecimal digits', /^[0-9a-f]{64}$/))
        .default({})
        .describe("Digests of packages that are missing from the archive's signed list."),
      unlisted: z
        .literal('trust-on-first-use')
        .optional()
        .describe(
          'Takes such packages as they come, and the same ones ever after. Absent: refuses.',
        ),
      or_build: exactlyOne(z.strictObject(tree), TREES)
        .optional()
        .describe('Sources to build it from, for configs that ask for what the package lacks.'),
    }),
    ['series', 'package'],
  ),
  (value, report) => {
    if (!('package' in value && 'flavour' in value)) return;
    const message = '"flavour" goes with "series": the name of a package says it already';
    report(['flavour'], message, { code: 'CONFLICT', atKey: true, earlier: 'package' });
  },
);

/** Each kernel has exactly one of these. */
export const KERNEL_KEYS = [
  'debian',
  'path',
  'source',
  'package',
  'oci',
  'url',
  'kata',
  'running',
  'host',
] as const;

export const kernelSchema = exactlyOne(
  z.strictObject({
    debian: debian.optional().describe("A kernel package of Debian, from the host's own mirror."),
    path: z
      .strictObject({
        image: filePath.describe('bzImage or ELF vmlinux.'),
        config: filePath.optional().describe("The kernel's .config: kept with the results."),
        modules: filePath
          .optional()
          .describe('The folder with modules.dep. Needed unless virtio is built in.'),
      })
      .optional()
      .describe('Kernel files that you have. Paths start at the folder of the matrix file.'),
    source: built
      .optional()
      .describe('A kernel that kmx builds, once for each config that asks for symbols.'),
    package: packageSchema.optional().describe('A kernel in packages that you have.'),
    oci: ociSchema.optional().describe('A kernel in a container image.'),
    url: urlSchema.optional().describe('Kernel files on the web.'),
    kata: kataSchema.optional().describe('A kernel in a release of Kata Containers.'),
    running: z
      .strictObject({})
      .optional()
      .describe('The files of the kernel that this host runs, booted in a virtual machine.'),
    host: z
      .strictObject({})
      .optional()
      .describe('The kernel that the host runs, for machines that are containers.'),
  }),
  KERNEL_KEYS,
);
