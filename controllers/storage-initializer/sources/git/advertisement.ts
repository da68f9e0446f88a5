import { GitProtocolError, PktLineReader } from './pkt-line';

/** What a server says of a repository before anything is fetched. */
export interface Advertisement {
  /** Commit of the default branch: 40 hexadecimal digits. */
  readonly commit: string;
  /** Full name of the default branch: `refs/heads/main`; absent when HEAD is at a commit. */
  readonly branch?: string;
  readonly capabilities: ReadonlySet<string>;
}

/**
 * Reads the advertisement of references in version 0 of git's protocol, which every server speaks: the first is HEAD, with what the server
 * can behind it.
 *
 * @returns undefined for a repository that is empty or whose default branch is not there
 * @throws GitProtocolError for text that is not git's protocol, or an error that the server says
 */
export function parseAdvertisement(body: string): Advertisement | undefined {
  // A page of a portal comes with 200, too.
  if (!/^[0-9a-f]{4}(?:# service=git-upload-pack|ERR )/.test(body)) {
    throw new GitProtocolError('the server does not speak the smart HTTP protocol of git');
  }
  for (const line of new PktLineReader().add(Buffer.from(body))) {
    if (line === 'flush') continue;
    const text = line.toString('utf8').replace(/\n$/, '');
    if (text.startsWith('ERR ')) throw new GitProtocolError(text.slice('ERR '.length));
    if (text.startsWith('# ')) continue;
    const [reference = '', capabilityText = ''] = text.split('\0');
    const capabilities = new Set(capabilityText.split(' '));
    const [, commit = '', name] = /^([0-9a-f]{40,64}) (.+)$/.exec(reference) ?? [];
    if (capabilities.has('object-format=sha256') || commit.length === 64) {
      throw new GitProtocolError('repositories with SHA-256 names are not supported');
    }
    if (name !== 'HEAD') return undefined;
    const branch = [...capabilities].find((one) => one.startsWith('symref=HEAD:'))?.slice('symref=HEAD:'.length);
    return { commit, ...(branch?.startsWith('refs/heads/') === true ? { branch } : {}), capabilities };
  }
  return undefined;
}
