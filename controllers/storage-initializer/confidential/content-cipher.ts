import { createDecipheriv, createHmac, timingSafeEqual, type CipherGCMTypes } from 'node:crypto';
import { StorageError } from '../storage-error';
import type { Jwe } from './jwe';

/** Decrypts a content piece by piece. What comes out may be used only when `end` has not thrown. */
export interface ContentCipher {
  update(ciphertext: Buffer): Buffer;
  /** The last piece. @throws when the content or its header was changed, or the key is another one */
  end(): Buffer;
}

interface ContentEncryption {
  /** Bytes of the content key. */
  readonly keyLength: number;
  readonly ivLength: number;
  readonly tagLength: number;
  open(key: Buffer, jwe: Jwe): ContentCipher;
}

const gcm = (bits: 128 | 192 | 256): ContentEncryption => ({
  keyLength: bits / 8,
  ivLength: 12,
  tagLength: 16,
  open: (key, { iv, tag, additionalData }) => {
    const cipher = createDecipheriv(`aes-${bits}-gcm` satisfies CipherGCMTypes, key, iv, { authTagLength: 16 });
    cipher.setAAD(additionalData);
    cipher.setAuthTag(tag);
    return { update: (ciphertext) => cipher.update(ciphertext), end: () => cipher.final() };
  },
});

/** AES-CBC with an HMAC over everything: its first half is the tag, the first half of the key is its key. */
const cbcHmac = (bits: 128 | 192 | 256): ContentEncryption => ({
  keyLength: bits / 4,
  ivLength: 16,
  tagLength: bits / 8,
  open: (key, { iv, tag, additionalData }) => {
    const cipher = createDecipheriv(`aes-${bits}-cbc`, key.subarray(bits / 8), iv);
    const hmac = createHmac(`sha${bits * 2}`, key.subarray(0, bits / 8));
    hmac.update(additionalData).update(iv);
    return {
      update: (ciphertext) => {
        hmac.update(ciphertext);
        return cipher.update(ciphertext);
      },
      end: () => {
        const length = Buffer.alloc(8);
        length.writeBigUInt64BE(BigInt(additionalData.length) * 8n);
        // Before the padding is looked at: what it says of a changed content is nobody's business.
        if (
          !timingSafeEqual(
            hmac
              .update(length)
              .digest()
              .subarray(0, bits / 8),
            tag,
          )
        )
          throw new Error('wrong tag');
        return cipher.final();
      },
    };
  },
});

const encryptions: Readonly<Record<string, ContentEncryption>> = {
  A128GCM: gcm(128),
  A192GCM: gcm(192),
  A256GCM: gcm(256),
  'A128CBC-HS256': cbcHmac(128),
  'A192CBC-HS384': cbcHmac(192),
  'A256CBC-HS512': cbcHmac(256),
};

/**
 * Opens the content of a JWE with a symmetric key: used as it is, or to unwrap the content's key.
 *
 * @param name of the file, for messages
 * @throws StorageError for algorithms that are not ours, for a key that does not fit
 */
export function openContent(jwe: Jwe, key: Buffer, name: string): ContentCipher {
  const { alg, enc, zip, crit } = jwe.header;
  const refused = (why: string) => new StorageError('other', `decrypting ${name}: ${why}`);
  const encryption = Object.hasOwn(encryptions, enc) ? encryptions[enc] : undefined;
  if (encryption === undefined) {
    throw refused(
      `its content encryption is ${JSON.stringify(enc)}, supported: ${Object.keys(encryptions).join(', ')}`,
    );
  }
  if (zip !== undefined || crit !== undefined) {
    throw refused(`its header has '${zip === undefined ? 'crit' : 'zip'}', which is not supported: encrypt without it`);
  }
  if (jwe.iv.length !== encryption.ivLength || jwe.tag.length !== encryption.tagLength) {
    throw refused(`its initialization vector or tag has another length than ${enc} has`);
  }
  return encryption.open(contentKey(jwe, key, alg, encryption.keyLength, refused), jwe);
}

function contentKey(
  { header, encryptedKey }: Jwe,
  key: Buffer,
  alg: string,
  length: number,
  refused: (why: string) => StorageError,
): Buffer {
  const needs = (bytes: number) => {
    if (key.length !== bytes) throw refused(`the key has ${key.length} bytes, ${alg} of this file needs ${bytes}`);
  };
  if (alg === 'dir') {
    needs(length);
    return key;
  }
  const wrapping = /^A(128|192|256)(GCM)?KW$/.exec(alg);
  if (wrapping === null) {
    throw refused(
      `its key encryption is ${JSON.stringify(alg)}, supported: dir, A128KW, A192KW, A256KW, A128GCMKW, A192GCMKW, A256GCMKW`,
    );
  }
  const bits = Number(wrapping[1]);
  needs(bits / 8);
  let unwrapped: Buffer;
  try {
    unwrapped =
      wrapping[2] === undefined ? unwrap(bits, key, encryptedKey) : unwrapGcm(bits, key, encryptedKey, header);
  } catch {
    throw refused('the key does not fit, or the file was changed');
  }
  if (unwrapped.length !== length) throw refused('the key in it has another length than its content encryption needs');
  return unwrapped;
}

/** AES Key Wrap with its default initial value (RFC 3394). */
function unwrap(bits: number, key: Buffer, wrapped: Buffer): Buffer {
  const cipher = createDecipheriv(`id-aes${bits}-wrap`, key, Buffer.alloc(8, 0xa6));
  return Buffer.concat([cipher.update(wrapped), cipher.final()]);
}

function unwrapGcm(bits: number, key: Buffer, wrapped: Buffer, { iv = '', tag = '' }: Jwe['header']): Buffer {
  const options = { authTagLength: 16 };
  const name: CipherGCMTypes = bits === 128 ? 'aes-128-gcm' : bits === 192 ? 'aes-192-gcm' : 'aes-256-gcm';
  const cipher = createDecipheriv(name, key, Buffer.from(iv, 'base64url'), options);
  cipher.setAuthTag(Buffer.from(tag, 'base64url'));
  return Buffer.concat([cipher.update(wrapped), cipher.final()]);
}
