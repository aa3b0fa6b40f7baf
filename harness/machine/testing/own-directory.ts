/** `own-directory.ts FOLDER`: makes a private directory in it, prints its path, and waits to be killed. */
import { makePrivateDirectory } from '../private-directory.ts';

const directory = await makePrivateDirectory(process.argv[2]);
process.stdout.write(`${directory.path}\n`);
setInterval(() => {}, 1000);
