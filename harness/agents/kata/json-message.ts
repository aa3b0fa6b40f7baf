import { type DescMessage, type JsonObject, type MessageShape, toJson } from '@bufbuild/protobuf';

/** A message in protobuf's JSON form. */
export function toJsonObject<Schema extends DescMessage>(
  schema: Schema,
  message: MessageShape<Schema>,
): JsonObject {
  const json = toJson(schema, message);
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json;
  // Only well-known types, such as a duration, have another form.
  throw new Error(`Expected ${schema.typeName} to have the form of an object in JSON`);
}
