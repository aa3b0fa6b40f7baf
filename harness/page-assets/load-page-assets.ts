/**
 * The style sheet and the script of pages, each bundled into one text. Bundling starts a process and
 * takes 100 ms, so what came of it is kept below `node_modules`, by the digest of all its sources: the
 * next page costs 1 ms, and what is kept is never stale and never in git.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { replaceCacheFile } from '../cache/replace-cache-file.ts';
import { InfraError } from '../errors.ts';
import type { PageAssets } from '../pages/page.ts';

const PAGES = fileURLToPath(new URL('../pages/', import.meta.url));
/** Removed by npm with the bundler that made it. */
const KEPT = fileURLToPath(new URL('../../node_modules/.cache/kmx-pages/', import.meta.url));
const SOURCES = ['style', 'client'];

const keptSchema = z.strictObject({ style: z.string(), script: z.string() });

/** @param folder Where they are kept. */
export async function loadPageAssets(folder = KEPT): Promise<PageAssets> {
  const name = `${digestOfSources()}.json`;
  const kept = await readKept(join(folder, name));
  if (kept !== undefined) return kept;
  const assets = await bundleAssets();
  try {
    await replaceCacheFile(folder, name, JSON.stringify(assets));
  } catch (error) {
    // A read-only clone bundles each time.
    if (!(error instanceof InfraError)) throw error;
  }
  return assets;
}

function digestOfSources(): string {
  const hash = createHash('sha256');
  for (const folder of SOURCES) {
    for (const name of readdirSync(join(PAGES, folder)).toSorted()) {
      const content = readFileSync(join(PAGES, folder, name));
      hash.update(`${folder}/${name}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest('hex');
}

/** Undefined if it was never kept, or was cut off by a power loss. */
async function readKept(file: string): Promise<PageAssets | undefined> {
  try {
    return keptSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Nothing is translated for old browsers: light-dark() and :has() are needed as they are. */
async function bundleAssets(): Promise<PageAssets> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [join(PAGES, 'style/main.css'), join(PAGES, 'client/main.ts')],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'esnext',
    charset: 'utf8',
    outdir: KEPT,
    write: false,
    logLevel: 'silent',
  });
  const find = (ending: string): string => {
    const file = outputFiles.find(({ path }) => path.endsWith(ending));
    if (file === undefined) throw new Error(`Expected esbuild to make a ${ending} of ${PAGES}`);
    return file.text.trimEnd();
  };
  return { style: find('.css'), script: find('.js') };
}
