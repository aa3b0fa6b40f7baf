/** Sets single fields of a request, named as in protobuf's JSON form, or as an OCI specification has them. */
import type { DescField, DescMessage, JsonObject, JsonValue } from '@bufbuild/protobuf';
import { ScalarType } from '@bufbuild/protobuf';
import { UsageError } from '../../errors.ts';
import { parseJson } from '../../parse-json.ts';
import { findMethod, readRequest } from './repeat-call.ts';

/**
 * The request with one field set. Throws a UsageError if there is no such field, or the value does not fit.
 * @param path Such as `OCI.Linux.Resources.CPU.Quota`. Case and `_` do not count, and what the request has
 * only one of may be left out in front: `linux.resources.cpu.quota` is found in the OCI specification.
 * @param text A text, a number, or JSON; `null` leaves the field out.
 */
export function editRequest(
  call: string,
  request: JsonObject,
  path: string,
  text: string,
): JsonObject {
  const method = findMethod(call);
  const edited = structuredClone(request);
  const names = path.split('.');
  setField(edited, method.input, [...namesInFront(method.input, names[0] ?? ''), ...names], text);
  readRequest(method, edited);
  return edited;
}

/** Of a field that the message itself has not, but one of its own messages has. */
function namesInFront(message: DescMessage, name: string): readonly string[] {
  if (findField(message, name) !== undefined) return [];
  const inside = message.fields.filter(
    (field) => field.fieldKind === 'message' && findField(field.message, name) !== undefined,
  );
  const [only, ...others] = inside;
  return only === undefined || others.length > 0 ? [] : [only.jsonName];
}

function setField(
  object: JsonObject,
  message: DescMessage,
  [name = '', ...rest]: readonly string[],
  text: string,
): void {
  const field = findField(message, name);
  if (field === undefined) throw unknownField(message, name);
  const key = Object.keys(object).find((one) => plain(one) === plain(name)) ?? field.jsonName;
  if (rest.length === 0) {
    const value = text === 'null' ? null : readValue(field.fieldKind, field.scalar, text);
    if (value === null) delete object[key];
    else object[key] = value;
    return;
  }
  switch (field.fieldKind) {
    case 'message': {
      const inner = isObject(object[key]) ? object[key] : {};
      object[key] = inner;
      setField(inner, field.message, rest, text);
      return;
    }
    case 'list':
      setItem(object[key], field, rest, text);
      return;
    case 'map': {
      const inner = isObject(object[key]) ? object[key] : {};
      object[key] = inner;
      // Names of annotations have dots in them.
      inner[rest.join('.')] = readValue(field.mapKind, field.scalar, text);
      return;
    }
    default:
      throw new UsageError(`${name} has no field ${rest.join('.')}: it is a single value`, {
        code: 'FIELD_UNKNOWN',
        remedy: `write ${name}=VALUE`,
      });
  }
}

function setItem(
  list: JsonValue | undefined,
  field: DescField & { readonly fieldKind: 'list' },
  [index = '', ...rest]: readonly string[],
  text: string,
): void {
  const items = Array.isArray(list) ? list : [];
  const place = /^\d+$/.test(index) ? Number(index) : Number.NaN;
  const item = items[place];
  if (item === undefined) {
    throw new UsageError(`${field.jsonName}: expected a place in its list, found '${index}'`, {
      code: 'FIELD_UNKNOWN',
      remedy: `it has ${items.length}, the first one is ${field.jsonName}.0`,
    });
  }
  if (rest.length === 0) items[place] = readValue(field.listKind, field.scalar, text);
  else if (field.listKind === 'message' && isObject(item)) {
    setField(item, field.message, rest, text);
  } else throw unknownField(field.parent, rest.join('.'));
}

function findField(message: DescMessage, name: string): DescField | undefined {
  return message.fields.find((field) =>
    [field.jsonName, field.name].some((one) => plain(one) === plain(name)),
  );
}

/** What is wanted as a text stays as it is; anything else is JSON, or the name of an enum's value. */
function readValue(kind: string, scalar: ScalarType | undefined, text: string): JsonValue {
  const isText = kind === 'scalar' && scalar === ScalarType.STRING;
  return isText ? text : ((parseJson(text) as JsonValue | undefined) ?? text);
}

function plain(name: string): string {
  return name.replaceAll('_', '').toLowerCase();
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unknownField(message: DescMessage, name: string): UsageError {
  const known = message.fields.map(({ jsonName }) => jsonName).join(', ');
  return new UsageError(`${message.typeName} has no field '${name}'`, {
    code: 'FIELD_UNKNOWN',
    remedy: `name one of its fields: ${known}`,
  });
}
