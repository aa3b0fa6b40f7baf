import { expect } from 'chai';

/** What a promise was rejected with, as a value; at once, so that it is never unhandled. */
export function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => expect.fail(`expected an error, found the answer ${JSON.stringify(value)}`),
    (error) => error,
  );
}
