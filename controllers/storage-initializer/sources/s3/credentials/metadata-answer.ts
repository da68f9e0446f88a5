import * as z from 'zod';
import { credentialsFailure, type AwsCredentials } from './aws-credentials';

/** Credentials as agents of AWS answer them: containers and instances. */
const schema = z.object({
  AccessKeyId: z.string().min(1),
  SecretAccessKey: z.string().min(1),
  Token: z.string().min(1),
  Expiration: z.iso.datetime({ offset: true }).optional(),
});

/** Reads credentials from JSON. @param asked what the message calls the request. @throws StorageError, without a word of the answer */
export function metadataCredentials(json: string, asked: string, origin: string): AwsCredentials {
  const parsed = schema.safeParse(parseJson(json));
  if (!parsed.success) {
    const missing = parsed.error.issues.map(({ path }) => path.join('.')).filter((path) => path !== '');
    const what = missing.length === 0 ? 'no JSON' : `no usable ${missing.join(', ')}`;
    throw credentialsFailure(`${asked}: the answer has ${what}`);
  }
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = parsed.data;
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: Token,
    ...(Expiration === undefined ? {} : { expiresAt: Date.parse(Expiration) }),
    origin,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
