/** Loaded by mocha before tests with a container engine: without one, none of them is worth a start. */
import { connectEngine } from '../../machine/container/engine.ts';

export async function mochaGlobalSetup(): Promise<void> {
  await connectEngine();
}
