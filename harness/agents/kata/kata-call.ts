import type {
  DescMessage,
  DescMethodUnary,
  MessageInitShape,
  MessageShape,
} from '@bufbuild/protobuf';
import type { CallOptions } from '../agent.ts';
import type { CallRequestOptions } from './connection.ts';

/** A call over the adapter's connection, by default with the connection's limit. */
export type KataCall = <Input extends DescMessage, Output extends DescMessage>(
  method: DescMethodUnary<Input, Output>,
  request: MessageInitShape<Input>,
  options?: CallOptions & Pick<CallRequestOptions, 'sendAfter'>,
) => Promise<MessageShape<Output>>;
