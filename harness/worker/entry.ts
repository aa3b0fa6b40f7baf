/** A worker process: mocha for one cell. Started by `host.ts`, talks to it over IPC. */
import { watchLoadedModules } from './loaded-modules.ts';
import type { ToWorker, WorkerStart } from './messages.ts';
import type { WorkerSession } from './session.ts';

// Before all others, so that it sees what scenarios share with the worker, too.
const modules = watchLoadedModules();
const { openParentLink } = await import('./parent-link.ts');
const { runMocha } = await import('./run-mocha.ts');
const { createSession, loadClients } = await import('./session.ts');

let session: WorkerSession | undefined;
const link = openParentLink((guest) => session?.lose(guest));

// A parent that is gone can lease no guest and hear no result.
process.on('disconnect', () => process.exit(1));

const started = new Promise<WorkerStart>((resolve) => {
  process.on('message', (message: ToWorker) => {
    if (message.type === 'start') resolve(message);
  });
});
// While the first guest comes up there is time for it.
const [start] = await Promise.all([started, loadClients()]);
session = createSession(start, link);
await runMocha(start, session, modules, link);
await session[Symbol.asyncDispose]();
link.tell({ type: 'done' });
process.disconnect();
