import * as z from 'zod';
import { jsonPatch } from './json-patch';

const groupVersionKind = z.object({ group: z.string(), version: z.string(), kind: z.string() });
const groupVersionResource = z.object({ group: z.string(), version: z.string(), resource: z.string() });

const requestSchema = z.object({
  uid: z.string().min(1),
  /** What `object` is. */
  kind: groupVersionKind,
  resource: groupVersionResource,
  subResource: z.string().optional(),
  /** Empty while the server has not made one up. */
  name: z.string().default(''),
  /** Empty for objects of the cluster. */
  namespace: z.string().default(''),
  operation: z.enum(['CREATE', 'UPDATE', 'DELETE', 'CONNECT']),
  userInfo: z
    .object({ username: z.string().default(''), groups: z.array(z.string()).default([]) })
    .default({ username: '', groups: [] }),
  /** null for a deletion. */
  object: z.unknown(),
  /** null for a creation. */
  oldObject: z.unknown(),
  dryRun: z.boolean().default(false),
});

const reviewSchema = z.object({
  apiVersion: z.enum(['admission.k8s.io/v1', 'admission.k8s.io/v1beta1']),
  kind: z.literal('AdmissionReview'),
  request: requestSchema,
});

/** What the API server wants to know: may this be done? `object` and `oldObject` are for the handler to look at. */
export type AdmissionRequest = z.infer<typeof requestSchema>;

type ReviewVersion = z.infer<typeof reviewSchema>['apiVersion'];

/** A question and the version of the API in which it has to be answered. */
export interface AdmissionReview {
  readonly apiVersion: ReviewVersion;
  readonly request: AdmissionRequest;
}

/** What a handler says. */
export interface AdmissionVerdict {
  readonly allowed: boolean;
  /** Why not; the client reads it behind the webhook's name. */
  readonly message?: string;
  /** The client shows them; the API server cuts each at 256 characters. */
  readonly warnings?: readonly string[];
  /** The object as it shall be, of a mutating webhook that allows: a new one, never the request's changed in place. */
  readonly object?: object;
}

/** Status of an answer: HTTP codes, as controller-runtime gives them. */
export type AdmissionCode = 200 | 400 | 403 | 413 | 500;

/** An answer, ready to be sent. */
export interface AdmissionAnswer {
  readonly code: AdmissionCode;
  /** An AdmissionReview. */
  readonly body: string;
}

/** The body is no review. */
export class UndecodableReview extends Error {}

/**
 * Reads the body of a request.
 *
 * @throws UndecodableReview saying what is wrong with it
 */
export function parseReview(text: string): AdmissionReview {
  if (text === '') throw new UndecodableReview('reading an AdmissionReview: the request body is empty');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UndecodableReview(`reading an AdmissionReview: not JSON: ${String(error)}`, { cause: error });
  }
  const parsed = reviewSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new UndecodableReview(`reading an AdmissionReview: ${problems.join('; ')}`);
}

/** The answer that says what the handler said, with the difference between the request's object and the handler's as a patch. */
export function answerOf({ apiVersion, request }: AdmissionReview, verdict: AdmissionVerdict): AdmissionAnswer {
  const { allowed, message, warnings = [], object } = verdict;
  const code = allowed ? 200 : 403;
  const patch = allowed && object !== undefined ? jsonPatch(request.object, object) : [];
  return review(apiVersion, request.uid, allowed, {
    code,
    ...(allowed ? {} : { reason: 'Forbidden' }),
    ...(message === undefined ? {} : { message }),
    ...(warnings.length === 0 ? {} : { warnings }),
    ...(patch.length === 0 ? {} : { patch: Buffer.from(JSON.stringify(patch)).toString('base64') }),
  });
}

/**
 * The answer when there is no verdict: the object is not let in.
 *
 * @param asked absent when the request was not understood
 */
export function failure(
  code: Exclude<AdmissionCode, 200 | 403>,
  message: string,
  asked?: AdmissionReview,
): AdmissionAnswer {
  return review(asked?.apiVersion ?? 'admission.k8s.io/v1', asked?.request.uid ?? '', false, { code, message });
}

interface Result {
  readonly code: AdmissionCode;
  readonly reason?: string;
  readonly message?: string;
  readonly warnings?: readonly string[];
  readonly patch?: string;
}

function review(apiVersion: ReviewVersion, uid: string, allowed: boolean, result: Result): AdmissionAnswer {
  const { code, reason, message, warnings, patch } = result;
  const response = {
    uid,
    allowed,
    ...(patch === undefined ? {} : { patch, patchType: 'JSONPatch' }),
    status: { metadata: {}, code, ...(reason === undefined ? {} : { reason }), ...(message ? { message } : {}) },
    ...(warnings === undefined ? {} : { warnings }),
  };
  return { code, body: JSON.stringify({ apiVersion, kind: 'AdmissionReview', response }) };
}
