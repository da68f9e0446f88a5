import { randomInt } from 'node:crypto';

/** Letters and digits: no shell, URL or connection string has to escape them. */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Characters of a password: 190 bits. */
const length = 32;

/** A password that nobody can guess, from the system's source of random numbers. */
export function randomPassword(): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}
