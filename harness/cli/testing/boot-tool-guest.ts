/** A guest with a healthy reference agent on a kernel of the project's matrix, for tests of tools. */
import { prepareGuest, startGuest } from '../../bench/guest-boots.ts';
import { cacheRoot } from '../../cache/cache-root.ts';
import type { LiveGuest } from '../../live-guest/live-guest.ts';
import { scaleLimits } from '../../matrix/scaled-limits.ts';

export interface BootedGuest extends AsyncDisposable {
  readonly guest: LiveGuest;
}

export async function bootToolGuest(kernel = 'debian-6.12'): Promise<BootedGuest> {
  await using resources = new AsyncDisposableStack();
  const prepared = resources.use(await prepareGuest(kernel, cacheRoot(process.env)));
  const { machine, accelerator } = prepared;
  // Other tests may run beside: nothing here is timed.
  const limits = scaleLimits(prepared.limits, { accelerator, jobs: 8, cpus: 1 });
  const instance = await machine.boot(prepared.spec);
  const guest = resources.use(await startGuest(instance, { ...prepared, limits }));
  const owned = resources.move();
  return { guest, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
