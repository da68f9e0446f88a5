import type { StorageProtocol } from '../../definitions/storage/storage-kinds';
import type { Environment } from '../component';
import type { Clock, Random } from '../runtime/clock';
import type { HeaderFields, HttpClient } from './http/http-client';
import type { InitializerLog } from './log';
import type { StagedTree } from './destination/staged-tree';
import type { StorageError } from './storage-error';
import type { Progress } from './transfer/progress';

/** What a source is opened with. */
export interface SourceContext {
  readonly environment: Environment;
  /** Requests of sources without trust settings of their own: proxies and the custom CA are honoured. */
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: InitializerLog;
}

/** Storage that serves files over HTTP, each with a GET: the transfer engine lists, fetches, retries and verifies. */
export interface ObjectSource {
  readonly protocol: StorageProtocol;
  /** What messages call the place: the URI without user info and query. */
  readonly name: string;
  /** Files in flight at a time. */
  readonly fileConcurrency: number;
  /** Ranges of one large file in flight at a time. */
  readonly rangeConcurrency: number;
  /** Tries of one request before the failure counts. @default 3 */
  readonly attempts?: number;
  /** A single file that is an archive is unpacked. @default false */
  readonly unpacksArchives?: boolean;
  /** No file at all is a result, not an error. @default false */
  readonly emptyIsFine?: boolean;
  /** Requests of this source, when trust, time-outs or proxies are its own. @default the context's */
  readonly http?: HttpClient;
  /**
   * What there is, page by page: nothing is kept, so that a million files need no more memory than a thousand. Throws a StorageError when
   * the place can't be listed. None at all is an error that the engine words.
   */
  files(signal: AbortSignal): AsyncIterable<RemoteFile>;
  /** The GET of a file or of a range of it: address, credentials, and the condition that it is still `version`. */
  request(file: RemoteFile, range: ByteRange | undefined): FileRequest | Promise<FileRequest>;
  /** What a successful answer says about the file, beyond its length. */
  facts?(file: RemoteFile, headers: HeaderFields): FileFacts;
  /**
   * What is known of a large file before its ranges are fetched, when that takes a request: checksums that come with whole answers only.
   */
  inspect?(file: RemoteFile, signal: AbortSignal): Promise<FileFacts>;
  /** What an answer other than 2xx means: `transient` errors are tried again. @param body its first 64 KiB as text */
  failure(file: RemoteFile, status: number, headers: HeaderFields, body: string): StorageError;
}

/** A file as a source lists it. */
export interface RemoteFile {
  /** Path below the destination as the source has it, `/`-separated. Not to be trusted: the engine refuses what would leave. */
  readonly path: string;
  /** What the source calls it: key, blob, path in the repository. For requests and messages. */
  readonly name: string;
  /** Bytes; absent when only the fetch tells. */
  readonly size?: number;
  /** ETag, generation, object id: equal values, equal bytes. Absent: the first answer decides. */
  readonly version?: string;
  /** Checksums known before the fetch. */
  readonly checksums?: Checksums;
  /**
   * The user named exactly this file: the patterns don't apply to it.
   *
   * @default false
   */
  readonly exact?: boolean;
  /** Archive that a file is, when its name does not say so. @default by the extension of `path` */
  readonly archive?: 'tar' | 'zip';
}

/** Bytes `start` to `end`, the last not included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface FileRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Undo a `Content-Encoding` that the server chose. @default false */
  readonly decoded?: boolean;
}

/** What is known about a file. */
export interface FileFacts {
  /** Bytes of the whole file. */
  readonly size?: number;
  readonly version?: string;
  readonly checksums?: Checksums;
}

/** Checksums of a whole file: lower-case hexadecimal. The engine verifies the cheapest one, and `sha256` always. */
export interface Checksums {
  readonly md5?: string;
  readonly sha1?: string;
  readonly sha256?: string;
  readonly crc32?: string;
  readonly crc32c?: string;
  readonly crc64nvme?: string;
  /** Checksum of the checksums of equal parts, as S3 has for objects that were uploaded in parts. */
  readonly parts?: {
    readonly algorithm: 'md5' | 'sha1' | 'sha256' | 'crc32' | 'crc32c';
    readonly value: string;
    readonly count: number;
    /** Bytes of every part but the last. */
    readonly partSize: number;
  };
}

/** Storage that is fetched in a way of its own: a git repository, an image, a local directory. */
export interface TreeSource {
  readonly protocol: StorageProtocol | 'local';
  readonly name: string;
  /** Writes what there is below the tree, and counts the bytes that come. Throws a StorageError. @returns files and bytes written */
  fetchInto(tree: StagedTree, signal: AbortSignal, progress: Progress): Promise<FetchedAmount>;
}

export interface FetchedAmount {
  readonly files: number;
  readonly bytes: number;
}

export type Source = ObjectSource | TreeSource;

/** How a source of one kind is opened. Throws a StorageError for a URI it can't read, ConfigError for a wrong variable. */
export type OpenSource = (uri: string, context: SourceContext) => Source | Promise<Source>;
