/** A zod schema that has no structural form. The message names the path of the field, what is wrong and what to do. */
export class NotStructural extends Error {
  override readonly name = 'NotStructural';

  /** @param path of the field from the root of the object, for example `spec.containers[].ports`; `''` is the root */
  constructor(
    readonly path: string,
    problem: string,
  ) {
    super(`converting ${path === '' ? 'the root' : path} to a structural schema: ${problem}`);
  }
}
