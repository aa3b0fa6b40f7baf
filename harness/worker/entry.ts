/** A worker process: mocha for one cell. Started by `host.ts`, with which it talks over IPC. */
import { watchLoadedModules } from './loaded-modules.ts';
import type { ToWorker, WorkerStart } from './messages.ts';
import type { WorkerSession } from './session.ts';

// Comes first, so that it also sees modules that scenarios share with the worker.
const modules = watchLoadedModules();
const { openParentLink } = await import('./parent-link.ts');
const { runMocha } = await import('./run-mocha.ts');
const { createSession, loadClients } = await import('./session.ts');
const { TestHold } = await import('./test-hold.ts');

let session: WorkerSession | undefined;
const link = openParentLink((guest) => session?.lose(guest));

// Without a parent there are no guests, and nobody receives the results.
process.on('disconnect', () => process.exit(1));

const started = new Promise<WorkerStart>((resolve) => {
  process.on('message', (message: ToWorker) => {
    if (message.type === 'start') resolve(message);
  });
});
// The first guest is still coming up, so there is time for this.
const [start] = await Promise.all([started, loadClients()]);
const hold = new TestHold(link, start);
session = createSession(start, link, hold);
await runMocha(start, { session, modules, hold, link });
await session[Symbol.asyncDispose]();
link.send({ type: 'done' });
process.disconnect();
