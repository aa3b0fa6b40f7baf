/** The credentials that `docker login` and `podman login` store. */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { InfraError } from '../../errors.ts';
import { parseJson } from '../../parse-json.ts';
import { toLine } from '../../text.ts';

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

const configSchema = z.object({
  auths: z.record(z.string(), z.object({ auth: z.string().optional() })).optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
  credsStore: z.string().optional(),
});

/** Of docker-credential-helpers: what `get` prints. */
const answerSchema = z.object({ Username: z.string(), Secret: z.string() });

/** Those for a registry; undefined if there are none. Throws an InfraError for a broken file. */
export async function findCredentials(
  registry: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Credentials | undefined> {
  for (const path of configFiles(environment)) {
    const config = await readConfig(path);
    if (config === undefined) continue;
    const found = inConfig(config.auths?.[registry]?.auth);
    if (found !== undefined) return found;
    const helper = config.credHelpers?.[registry] ?? config.credsStore;
    const told = helper === undefined ? undefined : await askHelper(helper, registry);
    if (told !== undefined) return told;
  }
  return undefined;
}

function configFiles(environment: NodeJS.ProcessEnv): readonly string[] {
  const { DOCKER_CONFIG, REGISTRY_AUTH_FILE, XDG_RUNTIME_DIR } = environment;
  return [
    join(DOCKER_CONFIG ?? join(homedir(), '.docker'), 'config.json'),
    ...(REGISTRY_AUTH_FILE === undefined ? [] : [REGISTRY_AUTH_FILE]),
    ...(XDG_RUNTIME_DIR === undefined ? [] : [join(XDG_RUNTIME_DIR, 'containers/auth.json')]),
  ];
}

async function readConfig(path: string): Promise<z.infer<typeof configSchema> | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      return undefined;
    }
    throw error;
  }
  try {
    return configSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new InfraError(
      `${path}: expected credentials of registries as JSON; found something else`,
      {
        code: 'BAD_CREDENTIALS',
        remedy: 'repair or remove the file, then log in again: docker login',
        cause,
      },
    );
  }
}

function inConfig(auth: string | undefined): Credentials | undefined {
  const text = Buffer.from(auth ?? '', 'base64').toString();
  const at = text.indexOf(':');
  return at < 1 ? undefined : { user: text.slice(0, at), password: text.slice(at + 1) };
}

/** One that knows nothing of the registry says so with its exit code. */
async function askHelper(helper: string, registry: string): Promise<Credentials | undefined> {
  const { execa } = await import('execa');
  const program = `docker-credential-${helper}`;
  const { exitCode, stdout, code, shortMessage } = await execa(program, ['get'], {
    input: registry,
    reject: false,
    timeout: 30_000,
  });
  if (code === 'ENOENT') {
    throw new InfraError(`${program} not found: it has the credentials for ${registry}`, {
      code: 'NO_CREDENTIALS',
      remedy: `install it, or take "${helper}" out of Docker's config.json`,
    });
  }
  if (exitCode !== 0) return undefined;
  const answer = answerSchema.safeParse(parseJson(stdout));
  if (answer.success) return { user: answer.data.Username, password: answer.data.Secret };
  throw new InfraError(
    `${program} gave an answer that cannot be read: ${toLine(shortMessage ?? '')}`,
    {
      code: 'BAD_CREDENTIALS',
      remedy: `see what it prints: echo ${registry} | ${program} get`,
    },
  );
}
