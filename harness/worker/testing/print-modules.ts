/** A process that imports a file, has it import more, and prints what was loaded for it. */
import { pathToFileURL } from 'node:url';
import { watchLoadedModules } from '../loaded-modules.ts';

const [file = ''] = process.argv.slice(2);
const modules = watchLoadedModules();
const { later } = (await import(pathToFileURL(file).href)) as { later: () => Promise<void> };
const first = modules.digestsOf(file);
await later();
process.stdout.write(JSON.stringify([first, modules.digestsOf(file)]));
