/** Loaded by mocha before tests with a container engine: without one, none of them is worth a start. */
import { getContainerRuntimeClient } from 'testcontainers';

export async function mochaGlobalSetup(): Promise<void> {
  try {
    await getContainerRuntimeClient();
  } catch (error) {
    throw new Error(
      'These tests need a container engine, and none answers: start one, or point DOCKER_HOST at one',
      { cause: error },
    );
  }
}
