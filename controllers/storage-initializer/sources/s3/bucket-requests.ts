import { hash } from 'node:crypto';
import type { Clock } from '../../../runtime/clock';
import { causeText } from '../../../runtime/cause-text';
import { displayUri } from '../../display-uri';
import { isSuccess, type HttpClient, type TextAnswer } from '../../http/http-client';
import type { InitializerLog } from '../../log';
import type { FileRequest } from '../../source';
import { StorageError, storageFailure } from '../../storage-error';
import { bucketAddress, keyPath, type BucketAddress } from './bucket-address';
import type { AwsCredentials } from './credentials/aws-credentials';
import type { CredentialCache } from './credentials/credential-cache';
import { canonicalQuery, RequestSigner } from './request-signature';
import { isElsewhere, isExpired, s3Failure, s3Refusal, type S3Refusal } from './s3-error';
import type { S3Settings } from './s3-settings';

/** What is asked of a bucket. */
export interface BucketRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** Empty: the bucket itself. */
  readonly key: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent again with each try. @default none */
  readonly body?: Buffer;
}

/** Never aborts: a renewal of credentials serves every request that waits for it. */
const unstoppable = new AbortController().signal;

/** AWS's region for buckets that nobody has said anything about. */
const firstRegion = 'us-east-1';

/** Addresses and signs the requests to one bucket, and learns where it is. */
export class BucketRequests {
  private readonly signer: RequestSigner;
  private region: string;
  private address: BucketAddress;

  /** @param credentials absent: nothing is signed */
  constructor(
    private readonly bucket: string,
    private readonly settings: S3Settings,
    private readonly http: HttpClient,
    private readonly credentials: CredentialCache | undefined,
    private readonly clock: Clock,
    private readonly log: InitializerLog,
  ) {
    this.signer = new RequestSigner(clock);
    this.region = settings.region ?? firstRegion;
    this.address = bucketAddress(bucket, this.region, settings);
  }

  /** A request as it is sent now. Waits only when credentials have to be fetched. @throws StorageError when there are none */
  request(asked: BucketRequest): FileRequest | Promise<FileRequest> {
    const credentials = this.credentials?.current(unstoppable);
    return credentials instanceof Promise
      ? credentials.then((fetched) => this.signed(asked, fetched))
      : this.signed(asked, credentials);
  }

  /**
   * Asks and reads the answer whole. Goes to the bucket's region when the answer says that it is another one, and renews credentials
   * that have expired; each once.
   *
   * @returns a successful answer, or the refusal
   * @throws StorageError when nobody answers
   */
  async send(asked: BucketRequest, signal: AbortSignal): Promise<TextAnswer | S3Refusal> {
    let [moved, renewed] = [false, false];
    for (;;) {
      const answer = await this.exchange(asked, signal);
      if (isSuccess(answer.status)) return answer;
      const refusal = s3Refusal(answer.status, answer.headers, answer.body);
      if (!moved && isElsewhere(refusal) && this.moveTo(refusal.region)) moved = true;
      else if (!renewed && isExpired(refusal) && this.credentials?.expired() === true) renewed = true;
      else return refusal;
    }
  }

  /** What an answer other than 2xx to a request for a file means. */
  failure(key: string, status: number, headers: TextAnswer['headers'], body: string): StorageError {
    const refusal = s3Refusal(status, headers, body);
    if (isExpired(refusal) && this.credentials?.expired() === true) {
      return new ExpiredCredentials('credentials', s3Failure(refusal, this.nameOf(key), this.bucket, 0).message);
    }
    return this.refused(refusal, key);
  }

  /** A refusal in words. */
  refused(refusal: S3Refusal, key: string): StorageError {
    return s3Failure(refusal, this.nameOf(key), this.bucket, this.clock.now());
  }

  nameOf(key: string): string {
    return `s3://${this.bucket}/${key}`;
  }

  private async exchange({ method, ...asked }: BucketRequest, signal: AbortSignal): Promise<TextAnswer> {
    const request = await this.request({ method, ...asked });
    try {
      const { body } = asked;
      return await this.http.send({ ...request, method, ...(body === undefined ? {} : { body }) }, signal);
    } catch (error) {
      if (signal.aborted || error instanceof StorageError) throw error;
      throw storageFailure('S3', 'connection', displayUri(this.address.origin), causeText(error));
    }
  }

  private signed(
    { method, key, parameters = {}, headers: fields = {}, body }: BucketRequest,
    credentials: AwsCredentials | undefined,
  ): FileRequest {
    const headers = body === undefined ? fields : { ...fields, 'x-amz-content-sha256': hash('sha256', body) };
    const { address } = this;
    const path = keyPath(address, key);
    const query = canonicalQuery(parameters);
    const url = `${address.origin}${path}${query === '' ? '' : `?${query}`}`;
    if (credentials === undefined) return { url, headers };
    return {
      url,
      headers: this.signer.sign({ method, host: address.host, path, query, headers }, credentials, this.region),
    };
  }

  private moveTo(region: string | undefined): boolean {
    if (region === undefined || region === this.region) return false;
    this.log.warn(`bucket ${this.bucket} is in region ${region}, not ${this.region}: set AWS_REGION to save a request`);
    this.region = region;
    this.address = bucketAddress(this.bucket, region, this.settings);
    return true;
  }
}

/** Credentials ended while files are fetched: the next try has new ones. */
class ExpiredCredentials extends StorageError {
  override get transient(): boolean {
    return true;
  }
}
