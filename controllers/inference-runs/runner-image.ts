/**
 * Whether an image is our runner: any tag or digest of the default image's repository, so that a config may stay with an older one.
 *
 * @param image of the config; empty or absent means the default
 */
export function isGenericRunner(image: string | undefined, defaultImage: string): boolean {
  if (defaultImage === '') return false;
  return image === undefined || image === '' || repositoryOf(image) === repositoryOf(defaultImage);
}

/** `IfNotPresent` where the name itself says which bytes are meant. */
export function pullPolicyOf(image: string): 'Always' | 'IfNotPresent' {
  return image.includes('@') ? 'IfNotPresent' : 'Always';
}

/** The image without tag and digest; a colon before the last slash is that of a port. */
function repositoryOf(image: string): string {
  const [named = ''] = image.split('@');
  return named.replace(/:[^:/]*$/, '');
}
