/** The one definition of `matrix.lock.yaml`: types, messages and the JSON Schema for editors. */
import { z } from 'zod';
import { mapOf, textOf } from '../matrix/schema-checks.ts';
import { LOCK_VERSION } from './lock.ts';

/** Of a version, a path, an input: one line, and no longer than any real one. */
const line = textOf('one line of text', /^[^\p{Cc}]{1,2000}$/u);
const digest = textOf('sha256: and 64 digits', /^sha256:[0-9a-f]{64}$/);
/** Reaches apt as part of a URI: without a leading slash or dots that lead out of the archive. */
const poolPath = textOf(
  'a path below the root of an archive, such as pool/main/l/linux/linux-image_1_amd64.deb',
  /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[\w.+~%:-]+(?:\/[\w.+~%:-]+)+$/,
);
const packageName = textOf('the name of a package', /^[a-z0-9][a-z0-9.+-]+$/).describe(
  'The name of a Debian package.',
);
const version = textOf('the version of a package', /^[A-Za-z0-9.+~:-]{1,200}$/).describe(
  'The version of that package.',
);
const seal = textOf('12 digits', /^[0-9a-f]{12}$/).describe(
  'Over the entry: an edit by hand is noticed.',
);

const debianFile = z.strictObject({
  package: packageName,
  file: poolPath.describe('Below the root of the archive.'),
  sha256: textOf('64 digits', /^[0-9a-f]{64}$/).describe('Of the .deb.'),
  unlisted: z
    .literal(true)
    .optional()
    .describe("The archive's signed list did not have it: only this file says what it must be."),
});

const debian = z.strictObject({
  package: packageName,
  version,
  suite: textOf('the name of a suite', /^[a-z][\w.-]*(\/updates)?$/).describe('Where it was.'),
  files: z.array(debianFile).min(1).describe('The packages that hold its files.'),
});

const kernel = z.strictObject({
  release: line.describe('As uname -r prints it.'),
  digest: digest.describe('Over image, configuration and modules, as in reports.'),
  image: digest.optional().describe('Of the file that is booted.'),
  config: digest.optional().describe('Of the file with its configuration.'),
  debian: debian.optional().describe('The packages that it was taken from.'),
  inputs: z
    .record(z.string(), line)
    .optional()
    .describe('What else it was made from, by name: sources, compiler, flags, digests of images.'),
  seal,
});

const agent = z.strictObject({
  sources: digest.optional().describe('Over the sources of the reference agent.'),
  program: digest.optional().describe('Of the program alone.'),
  files: digest
    .optional()
    .describe('Over the program and everything that goes into the guest with it.'),
  seal,
});

const NAMES = {
  least: 0,
  pattern: /^[A-Za-z0-9][\w.+-]{0,199}$/,
  expected: 'a name of the matrix, or one with + and the name of a config',
} as const;

export const lockSchema = z
  .strictObject({
    version: z.literal(LOCK_VERSION).describe('Of the format.'),
    kernels: mapOf(kernel, { word: 'kernel', ...NAMES }).describe('By name of the kernel.'),
    agents: mapOf(agent, { word: 'agent', ...NAMES }).describe('By name in the matrix.'),
  })
  .meta({ title: 'kernel-matrix: matrix.lock.yaml' });

export type LockFile = z.output<typeof lockSchema>;

/** The JSON Schema of the same, for editors. Draft 7 is what they all know. */
export function lockJsonSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(lockSchema, { target: 'draft-07', io: 'input' });
}
