import { STATUS_CODES } from 'node:http';

/** A request that the registry refuses; becomes the error body `{code, message}`. */
export class Refusal extends Error {
  constructor(
    readonly status: 400 | 404 | 409 | 422 | 500,
    message: string,
  ) {
    super(message);
  }

  /** Error body; the server says "Bad Request" for 422 too. */
  get body(): { readonly code: string; readonly message: string } {
    return { code: STATUS_CODES[this.status === 422 ? 400 : this.status] ?? '', message: this.message };
  }
}

/** 400, with the server's class of errors as suffix. */
export const badRequest = (message: string): Refusal => new Refusal(400, `${message}: bad request`);

/** 404, with the server's class of errors as suffix. */
export const notFound = (message: string): Refusal => new Refusal(404, `${message}: not found`);
