/**
 * A program: prints what the engine of DOCKER_HOST has of kmx, a line each, after it has removed what
 * killed processes left, as every run does.
 */
import { connectEngine } from '../machine/container/engine.ts';
import { IMAGE_LABEL, OWNER_LABEL } from '../machine/container/labels.ts';
import { removeAbandonedContainers } from '../machine/container/sweep.ts';

const { client } = await connectEngine();
await removeAbandonedContainers(client);
const containers = await client.listContainers({ all: true, filters: { label: [OWNER_LABEL] } });
const images = await client.listImages({ filters: { label: [`${IMAGE_LABEL}=cell`] } });
const say = (line: string): boolean => process.stdout.write(`${line}\n`);
for (const { Id, State } of containers) say(`the container ${Id} (${State})`);
for (const { Id, RepoTags } of images) say(`the image ${RepoTags?.[0] ?? Id}`);
