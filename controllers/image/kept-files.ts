/**
 * What of the Debian packages goes into the image. Node needs the loader, the C and C++ libraries and what name resolution
 * reads; scanners need the release; licenses must come along. No shell, no gconv (Node brings ICU), no debugger's scripts.
 */
const kept: readonly RegExp[] = [
  /^lib(64)?\/ld-linux[^/]*\.so\.\d+$/,
  /^lib\/[^/]+-linux-gnu\/[^/]+\.so(\.\d+)*$/,
  /^usr\/lib\/[^/]+-linux-gnu\/libstdc\+\+\.so(\.\d+)*$/,
  /^etc\/(host\.conf|debian_version|os-release)$/,
  /^usr\/lib\/os-release$/,
  /^usr\/share\/common-licenses\/[^/]+$/,
  // Some packages link their directory to another package's.
  /^usr\/share\/doc\/[^/]+(\/copyright)?$/,
];

/**
 * Whether a file or symbolic link of a Debian package goes into the image. Directories come with their content.
 *
 * @param path relative to the root, without leading slash
 */
export function isKept(path: string): boolean {
  return kept.some((pattern) => pattern.test(path));
}
