/** The part of a workflow that says what a job does, step by step. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { UsageError } from '../../errors.ts';

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const variables = z.record(
  z.string(),
  scalar.transform((value) => String(value ?? '')),
);
const ifSchema = scalar.transform(String).optional();

const stepSchema = z.strictObject({
  id: z.string().optional(),
  name: z.string().optional(),
  if: ifSchema,
  uses: z.string().optional(),
  with: variables.optional(),
  run: z.string().optional(),
  env: variables.default({}),
  'continue-on-error': z.boolean().default(false),
});
export type Step = z.infer<typeof stepSchema>;

const jobSchema = z.looseObject({ env: variables.default({}), steps: z.array(stepSchema).min(1) });
const workflowSchema = z.looseObject({
  env: variables.default({}),
  defaults: z.strictObject({ run: z.strictObject({ shell: z.literal('bash') }) }),
  jobs: z.record(z.string(), jobSchema),
});

export interface Job {
  readonly steps: readonly Step[];
  /** Of the workflow, then of the job. */
  readonly env: readonly Readonly<Record<string, string>>[];
}

/** Throws a UsageError for a workflow that this cannot run as GitHub does, or without such a job. */
export function readJob(file: string, name: string): Job {
  const parsed = workflowSchema.safeParse(parse(readFileSync(file, 'utf8')));
  if (!parsed.success) {
    throw new UsageError(`${file} is not a workflow whose steps can be run here`, {
      code: 'BAD_WORKFLOW',
      output: z.prettifyError(parsed.error),
    });
  }
  const { env, jobs } = parsed.data;
  const job = jobs[name];
  if (job !== undefined) return { steps: job.steps, env: [env, job.env] };
  throw new UsageError(`${file} has no job ${JSON.stringify(name)}`, {
    code: 'NO_JOB',
    remedy: `its jobs are ${Object.keys(jobs).join(', ')}`,
  });
}
