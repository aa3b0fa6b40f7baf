/** A worker process: mocha for one cell. Started by `host.ts`, talks to it over IPC. */
import type { ToWorker, WorkerStart } from './messages.ts';
import { openParentLink } from './parent-link.ts';
import { runMocha } from './run-mocha.ts';
import { createSession, type WorkerSession } from './session.ts';

let session: WorkerSession | undefined;
const link = openParentLink((guest) => session?.lose(guest));

// A parent that is gone can lease no guest and hear no result.
process.on('disconnect', () => process.exit(1));

const start = await new Promise<WorkerStart>((resolve) => {
  process.on('message', (message: ToWorker) => {
    if (message.type === 'start') resolve(message);
  });
});
session = createSession(start, link);
await runMocha(start, session, link);
await session[Symbol.asyncDispose]();
link.tell({ type: 'done' });
process.disconnect();
