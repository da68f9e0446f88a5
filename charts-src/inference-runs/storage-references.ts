import { asJson } from '../kubernetes/configuration';
import type { JsonMap } from '../kubernetes/manifest';
import type { HttpTarget, KrateoCall, S3Input, S3Output } from './storage-settings';

/** The Secret of an endpoint as runners refer to it. Mounted only from the namespace of the run: no other one can be named. */
const endpointRef = (name: string, namespace: string) => ({ name, namespace });

/** Settings of a bucket; the Secret is named as a reference. */
export function s3Settings({ credentials, ...props }: S3Input | S3Output): JsonMap {
  return asJson({ ...props, ...(credentials === undefined ? {} : { credentialsRef: { name: credentials } }) });
}

/** Settings of a request; the endpoint's Secret is named as a reference. */
export function httpSettings({ endpoint, ...props }: HttpTarget, namespace: string): JsonMap {
  return asJson({ ...props, ...(endpoint === undefined ? {} : { endpointRef: endpointRef(endpoint, namespace) }) });
}

/** Settings of a call of the database handler, as upstream's runners read them. */
export function krateoSettings({ endpoint, ...call }: KrateoCall, namespace: string): JsonMap {
  return { api: asJson({ ...call, endpointRef: endpointRef(endpoint, namespace) }) };
}
