import * as z from 'zod';

/** The fields of a JWE's header that decide how it is decrypted (RFC 7516, 7518). */
const headerSchema = z.object({
  alg: z.string(),
  enc: z.string(),
  zip: z.string().optional(),
  crit: z.array(z.string()).optional(),
  /** Of AES-GCM key encryption. */
  iv: z.string().optional(),
  tag: z.string().optional(),
});

export type JweHeader = z.output<typeof headerSchema>;

/** A JWE but for its ciphertext, which can be larger than memory. */
export interface Jwe {
  readonly header: JweHeader;
  readonly encryptedKey: Buffer;
  readonly iv: Buffer;
  readonly tag: Buffer;
  /** What the tag is over, besides the ciphertext. */
  readonly additionalData: Buffer;
}

/**
 * The four short parts of the compact form; `undefined` when they are of something else, a signed token for instance.
 *
 * @param parts as they stand in the file: header, encrypted key, initialization vector, tag
 */
export function compactJwe(parts: readonly [string, string, string, string]): Jwe | undefined {
  const [protectedHeader, encryptedKey, iv, tag] = parts;
  const header = headerSchema.safeParse(jsonOf(Buffer.from(protectedHeader, 'base64url').toString('utf8')));
  if (!header.success || ![encryptedKey, iv, tag].every((part) => /^[\w-]*$/.test(part))) return undefined;
  return {
    header: header.data,
    encryptedKey: Buffer.from(encryptedKey, 'base64url'),
    iv: Buffer.from(iv, 'base64url'),
    tag: Buffer.from(tag, 'base64url'),
    additionalData: Buffer.from(protectedHeader, 'ascii'),
  };
}

const recipientSchema = z.object({
  header: z.record(z.string(), z.unknown()).optional(),
  encrypted_key: z.string().optional(),
});

const jsonSchema = recipientSchema.extend({
  protected: z.string().optional(),
  unprotected: z.record(z.string(), z.unknown()).optional(),
  recipients: z.array(recipientSchema).min(1).optional(),
  aad: z.string().optional(),
  iv: z.string(),
  ciphertext: z.string(),
  tag: z.string(),
});

/** A JWE in one of its two JSON forms, for its first recipient, with the ciphertext in Base64url; `undefined` for something else. */
export function jsonJwe(text: string): { readonly jwe: Jwe; readonly ciphertext: string } | undefined {
  const parsed = jsonSchema.safeParse(jsonOf(text));
  if (!parsed.success) return undefined;
  const { protected: protectedHeader = '', unprotected, recipients, aad, iv, ciphertext, tag, ...only } = parsed.data;
  const recipient = recipients?.[0] ?? only;
  const shared = jsonOf(Buffer.from(protectedHeader, 'base64url').toString('utf8'));
  const own = z.record(z.string(), z.unknown()).safeParse(shared ?? {});
  const header = headerSchema.safeParse({ ...recipient.header, ...unprotected, ...own.data });
  if (!header.success) return undefined;
  return {
    jwe: {
      header: header.data,
      encryptedKey: Buffer.from(recipient.encrypted_key ?? '', 'base64url'),
      iv: Buffer.from(iv, 'base64url'),
      tag: Buffer.from(tag, 'base64url'),
      additionalData: Buffer.from(aad === undefined ? protectedHeader : `${protectedHeader}.${aad}`, 'ascii'),
    },
    ciphertext,
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
