/**
 * A URI as logs and messages have it: without user info, query and fragment, where passwords and signatures are. Works on any text, since
 * a URI that can't be parsed is named in an error too.
 */
export function displayUri(uri: string): string {
  return uri.replace(/[?#].*$/s, '').replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, '$1');
}
