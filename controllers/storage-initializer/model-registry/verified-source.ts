import type { InitializerLog } from '../log';
import type { ObjectSource, RemoteFile, Source } from '../source';
import type { ResolvedModel } from './resolve-model';

/**
 * The source of an artifact, whose file must have the digest that the registry has for it: the engine then refuses another one. A digest
 * is of one file: of a directory, a repository or an image nobody knows what it is of, and the log says so.
 */
export function verifiedSource(source: Source, { sha256, artifact }: ResolvedModel, log: InitializerLog): Source {
  if (sha256 === undefined) return source;
  const unverified = () =>
    log.warn(
      `sha256 of artifact '${artifact.name}' (${artifact.id}) is not verified: ${source.name} is no single file`,
    );
  if ('fetchInto' in source) {
    unverified();
    return source;
  }
  return withDigest(source, sha256, unverified);
}

/** The source as it is, but for what its files must be. */
function withDigest(source: ObjectSource, sha256: string, unverified: () => void): ObjectSource {
  async function* files(signal: AbortSignal): AsyncGenerator<RemoteFile> {
    let told = false;
    for await (const file of source.files(signal)) {
      if (file.exact === true) yield expecting(file, sha256);
      else {
        if (!told) unverified();
        told = true;
        yield file;
      }
    }
  }
  return new Proxy(source, {
    get: (target, member): unknown => {
      const value: unknown = Reflect.get(target, member);
      if (member === 'files') return files;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** The registry's word comes before the storage's: who changes a file in a bucket changes its checksum there too. */
function expecting(file: RemoteFile, sha256: string): RemoteFile {
  return { ...file, checksums: { ...file.checksums, sha256 } };
}
