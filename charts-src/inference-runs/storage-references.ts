import type * as z from 'zod';
import { parseConfig } from '../../definitions/config/parse-config';
import { asJson } from '../kubernetes/configuration';
import type { JsonMap } from '../kubernetes/manifest';
import type { HttpInput, HttpOutput, KrateoCall, S3Input, S3Output } from './storage-settings';

/** Settings as the runner will read them. @throws ConfigError naming the setting */
export function checked(schema: z.ZodType, settings: object, place: string): JsonMap {
  parseConfig(schema, settings, `storage ${place}`);
  return asJson(settings);
}

/** Settings of a bucket, its Secrets as references. */
export function s3Settings({ credentials, ca, ...settings }: S3Input | S3Output): object {
  return {
    ...settings,
    ...(credentials === undefined ? {} : { credentialsRef: { name: credentials } }),
    ...(ca === undefined ? {} : { caRef: { name: ca } }),
  };
}

/** The Secret of an endpoint as runners refer to it. Mounted only from the namespace of the run: no other one can be named. */
const endpointRef = (name: string, namespace: string) => ({ name, namespace });

/** Settings of requests, the endpoint's Secret as a reference. */
export function httpSettings({ endpoint, ...settings }: HttpInput | HttpOutput, namespace: string): object {
  return { ...settings, ...(endpoint === undefined ? {} : { endpointRef: endpointRef(endpoint, namespace) }) };
}

/** Settings of a call of the database handler, as upstream's runners read them. */
export function krateoSettings({ endpoint, ...call }: KrateoCall, namespace: string): JsonMap {
  return { api: asJson({ ...call, endpointRef: endpointRef(endpoint, namespace) }) };
}
