import { STATUS_CODES } from 'node:http';

/** A request that the registry refuses; becomes the error body `{code, message}`. */
export class Refusal extends Error {
  constructor(
    readonly status: 400 | 404 | 409 | 422 | 500,
    message: string,
  ) {
    super(message);
  }

  /** The server says "Bad Request" for 422 too. */
  get body(): { code: string; message: string } {
    return { code: STATUS_CODES[this.status === 422 ? 400 : this.status] ?? '', message: this.message };
  }
}

export const badRequest = (message: string) => new Refusal(400, `${message}: bad request`);
export const notFound = (message: string) => new Refusal(404, `${message}: not found`);
