import type { DescMethod, DescMethodUnary } from '@bufbuild/protobuf';
import { AgentService } from './generated/agent_pb.js';
import { Health } from './generated/health_pb.js';

/** The calls of the agent's protocol with one answer, by name; no two services have one of the same name. */
export const UNARY_METHODS: ReadonlyMap<string, DescMethodUnary> = new Map(
  [...AgentService.methods, ...Health.methods]
    .filter(isUnary)
    .map((method) => [method.name, method]),
);

function isUnary(method: DescMethod): method is DescMethodUnary {
  return method.methodKind === 'unary';
}
