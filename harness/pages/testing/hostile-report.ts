import type { RunReport } from '../../report/schema.ts';
import { createSampleReport } from './sample-report.ts';

const ATTACK = [
  '</script><script>window.attacked=1</script>',
  "<img src=x onerror='window.attacked=1'>",
  '"><svg onload=window.attacked=1>',
  "javascript:window.attacked=1//'",
  '\u001b]0;owned\u0007\u202e\u0000\ud800 // ../.. # ? %',
].join(' ');

/** What a program may read, such as the kind of a thing, and not only people. */
const KEPT =
  /^(?:verdict|class|status|change|kind|source|outcome|from|isolation|machineKind|agentKind|cgroup|startedAt|endedAt|time|expires|since|version|reason|missKind|predicted|digest|probed|without|accelerator|resumedAt)$/;

/** The sample with `attack` behind every text that people read; what it is about is still told apart. */
export function createHostileReport(attack = ATTACK): RunReport {
  return attackAll(createSampleReport(), attack, '') as RunReport;
}

function attackAll(value: unknown, attack: string, name: string): unknown {
  if (typeof value === 'string') return KEPT.test(name) ? value : `${value}${attack}`;
  if (Array.isArray(value)) return value.map((one) => attackAll(one, attack, name));
  if (typeof value !== 'object' || value === null) return value;
  const isFree = /^(?:v1Mounts|v2Enables|mountOptions|procCgroups)$/.test(name);
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      isFree ? `${key}${attack}` : key,
      attackAll(part, attack, key),
    ]),
  );
}
