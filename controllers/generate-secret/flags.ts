import { parseArgs } from 'node:util';
import { UsageError } from '../runtime/usage-error';

/** A Secret that shall be there, and what it shall have. */
export interface WantedSecret {
  readonly namespace: string;
  readonly name: string;
  /** Values that are no secret, by key. */
  readonly values: ReadonlyMap<string, string>;
  /** Keys that get a random password. */
  readonly passwords: readonly string[];
}

/** The command line of `slipway generate-secret`. */
export interface GenerateSecretFlags {
  readonly secret: WantedSecret;
  /** Seconds until it gives up. */
  readonly timeoutSeconds: number;
  readonly kubeconfig?: string;
}

const options = {
  namespace: { type: 'string' },
  name: { type: 'string' },
  value: { type: 'string', multiple: true },
  password: { type: 'string', multiple: true },
  timeout: { type: 'string' },
  kubeconfig: { type: 'string' },
} as const;
type Flag = keyof typeof options;

/** Longer than an API server takes to start; a Job starts the next pod after that. */
const patienceSeconds = 120;

/** What `slipway generate-secret --help` shows. */
export const generateSecretHelp = `slipway generate-secret: makes a Secret with random passwords, once

Usage: slipway generate-secret --namespace=NS --name=NAME [--value=KEY=TEXT]... [--password=KEY]...

What the Secret has already is left as it is, whoever made it; a key that it lacks is added.

Flags:
  --namespace NS      namespace of the Secret
  --name NAME         name of the Secret
  --value KEY=TEXT    a key and its value, which is no secret: everybody on the node can read it
  --password KEY      a key that gets a random password of 32 letters and digits
  --timeout SECONDS   how long to try while the API server can't be reached, 1 to 3600 (default ${patienceSeconds})
  --kubeconfig FILE   instead of KUBECONFIG, the pod's ServiceAccount or ~/.kube/config
  --help              show this

Exit codes: 0 the Secret has every key, 1 it lacks one that could not be added, 2 wrong command line.
`;

/**
 * Parses the command line, in the same syntax as a controller's.
 *
 * @throws UsageError naming flag, value and what is allowed
 */
export function parseGenerateSecretFlags(args: readonly string[]): GenerateSecretFlags {
  const given = readFlags(args);
  const last = (flag: Flag) => given.get(flag)?.at(-1);
  const values = (given.get('value') ?? []).map(keyAndText);
  const passwords = (given.get('password') ?? []).map((key) => dataKey('password', key));
  const keys = [...values.map(([key]) => key), ...passwords];
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined) throw new UsageError(`key ${twice} is given twice, give each key once`);
  if (keys.length === 0) throw new UsageError('no key for the Secret: give --password=KEY or --value=KEY=TEXT');
  const kubeconfig = last('kubeconfig');
  return {
    secret: {
      namespace: objectName('namespace', last('namespace'), /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/),
      name: objectName('name', last('name'), /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/),
      values: new Map(values),
      passwords,
    },
    timeoutSeconds: seconds(last('timeout') ?? String(patienceSeconds)),
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
  };
}

/** Values by flag, in the order in which they were given. */
function readFlags(args: readonly string[]): ReadonlyMap<Flag, readonly string[]> {
  const values = new Map<Flag, string[]>();
  // Go takes one dash and two for the same.
  const twoDashes = args.map((argument) => argument.replace(/^-(?=[a-zA-Z])/, '--'));
  const { tokens } = parseArgs({ args: twoDashes, options, strict: false, allowPositionals: true, tokens: true });
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional')
      throw new UsageError(`unexpected argument ${JSON.stringify(token.value)}: give --flag=value`);
    const { name, value } = token;
    if (!isFlag(name)) {
      const allowed = Object.keys(options).map((one) => `--${one}`);
      throw new UsageError(`unknown flag --${name}, allowed are ${allowed.join(', ')}`);
    }
    if (value === undefined) throw new UsageError(`--${name}: needs a value`);
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  return values;
}

function isFlag(name: string): name is Flag {
  return Object.hasOwn(options, name);
}

function keyAndText(given: string): [string, string] {
  const end = given.indexOf('=');
  if (end === -1) throw new UsageError(`--value: ${JSON.stringify(given)} has no text, give KEY=TEXT`);
  return [dataKey('value', given.slice(0, end)), given.slice(end + 1)];
}

function dataKey(flag: Flag, key: string): string {
  if (/^[-._a-zA-Z0-9]{1,253}$/.test(key)) return key;
  throw new UsageError(`--${flag}: ${JSON.stringify(key)} is no key, give letters, digits, dashes, dots, underscores`);
}

function objectName(flag: Flag, given: string | undefined, allowed: RegExp): string {
  if (given !== undefined && allowed.test(given)) return given;
  const got = given === undefined ? 'is missing' : `${JSON.stringify(given)} is not allowed`;
  throw new UsageError(`--${flag}: ${got}, give the name of an object: lower-case letters, digits, dashes`);
}

function seconds(text: string): number {
  const value = /^[0-9]{1,4}$/.test(text) ? Number(text) : NaN;
  if (value >= 1 && value <= 3600) return value;
  throw new UsageError(
    `--timeout: ${JSON.stringify(text)} is not allowed, give a whole number of seconds from 1 to 3600`,
  );
}
