/** Members of logged objects whose values are secret. */
export const secretKeys: readonly string[] = [
  'authorization',
  'Authorization',
  'token',
  'password',
  'secret',
  'secretAccessKey',
  'clientSecret',
  'privateKey',
];

/** Query parameters that make a URL a key: S3 (both signature versions), Google Cloud Storage, Azure (SAS), generic. */
const secretParameters =
  /([?&](?:X-Amz-Signature|X-Amz-Credential|X-Amz-Security-Token|AWSAccessKeyId|X-Goog-Signature|X-Goog-Credential|GoogleAccessId|Signature|sig|token|access_token)=)[^&\s"'\\]+/gi;
const bearer = /\b(Bearer|Basic) +[A-Za-z0-9._~+/=-]{8,}/gi;
const userInfo = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@"'\\]+@/gi;

/** Takes tokens, passwords in URLs and signatures of signed URLs out of a text: an error message can quote any of them. */
export function redactText(text: string): string {
  return text
    .replace(bearer, '$1 [redacted]')
    .replace(userInfo, '$1[redacted]@')
    .replace(secretParameters, '$1[redacted]');
}
