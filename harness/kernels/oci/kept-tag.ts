/** The images that tags pointed to when they were last looked up, for use without the registry. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { digestOf, nameOfDigest } from '../../cache/digest.ts';
import { replaceCacheFile } from '../../cache/replace-cache-file.ts';
import { parseJson } from '../../parse-json.ts';

const keptSchema = z.strictObject({
  reference: z.string(),
  /** `sha256:…` of the manifest for linux/amd64. */
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  /** Milliseconds since 1970. */
  lookedUpMs: z.number(),
});

export type KeptTag = z.infer<typeof keptSchema>;

export async function keepTag(cacheRoot: string, kept: KeptTag): Promise<void> {
  await replaceCacheFile(cacheRoot, pathOf(kept.reference), JSON.stringify(kept));
}

/** Undefined if it was never looked up, or what was kept is damaged. */
export async function readKeptTag(
  cacheRoot: string,
  reference: string,
): Promise<KeptTag | undefined> {
  const text = await readFile(join(cacheRoot, pathOf(reference)), 'utf8').catch(() => '');
  return keptSchema.safeParse(parseJson(text)).data;
}

function pathOf(reference: string): string {
  return join('oci-tags', `${nameOfDigest(digestOf(reference))}.json`);
}
