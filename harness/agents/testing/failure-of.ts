import { expect } from 'chai';

/** What a promise is rejected with. Call it at once, so that the rejection is never unhandled. */
export function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => expect.fail(`expected an error, found the answer ${JSON.stringify(value)}`),
    (error) => error,
  );
}
