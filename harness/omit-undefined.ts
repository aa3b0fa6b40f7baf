/** The type of an object whose undefined properties are left out. */
export type OmitUndefined<T extends object> = {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
} & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
} extends infer Merged
  ? { [K in keyof Merged]: Merged[K] }
  : never;

/**
 * A shallow copy without the properties whose value is undefined. Under exactOptionalPropertyTypes
 * a property that is present but undefined does not fit where an absent one does.
 */
export function omitUndefined<const T extends object>(properties: T): OmitUndefined<T> {
  const copy: Partial<T> = {};
  // Without a list of entries: this is called for each line of some logs.
  for (const key of Object.keys(properties) as (keyof T)[]) {
    if (properties[key] !== undefined) copy[key] = properties[key];
  }
  return copy as OmitUndefined<T>;
}
