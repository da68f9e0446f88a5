import { createHash } from 'node:crypto';
import * as z from 'zod';
import { metricsPath } from '../../definitions/names/controller';
import type { KubernetesClient } from './client';
import type { Clock } from './clock';

/** Whether a caller may read the metrics; `unknown`: the token says nothing to the API server. */
export type Access = 'allowed' | 'forbidden' | 'unknown';

const tokenReviewSchema = z.object({
  status: z.object({
    authenticated: z.boolean().default(false),
    user: z
      .object({
        username: z.string().optional(),
        uid: z.string().optional(),
        groups: z.array(z.string()).optional(),
        extra: z.record(z.string(), z.array(z.string())).optional(),
      })
      .optional(),
  }),
});
const accessReviewSchema = z.object({ status: z.object({ allowed: z.boolean() }) });

/** An answer is good for this long, so that a scraper does not cost two reviews each time. */
const rememberMs = 60_000;
/** Answers remembered at most. */
const mostAnswers = 100;

/**
 * Asks the API server who a token belongs to (TokenReview) and whether they may `get` the non-resource URL `/metrics`
 * (SubjectAccessReview). Needs `create` on both reviews.
 *
 * Errors are those of the client; they are not remembered.
 */
export class MetricsAccess {
  private readonly answers = new Map<string, { readonly access: Access; readonly at: number }>();

  constructor(
    private readonly client: KubernetesClient,
    private readonly clock: Clock,
  ) {}

  /** Decides about the bearer of a token. */
  async of(token: string): Promise<Access> {
    const key = createHash('sha256').update(token).digest('base64');
    const now = this.clock.monotonic();
    const known = this.answers.get(key);
    if (known !== undefined && now - known.at < rememberMs) return known.access;
    const access = await this.review(token);
    this.answers.delete(key);
    this.answers.set(key, { access, at: now });
    for (const oldest of this.answers.keys()) {
      if (this.answers.size <= mostAnswers) break;
      this.answers.delete(oldest);
    }
    return access;
  }

  private async review(token: string): Promise<Access> {
    const { status } = tokenReviewSchema.parse(
      await this.client.post('/apis/authentication.k8s.io/v1/tokenreviews', {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenReview',
        spec: { token },
      }),
    );
    if (!status.authenticated || status.user === undefined) return 'unknown';
    const { username, uid, groups, extra } = status.user;
    const answer = await this.client.post('/apis/authorization.k8s.io/v1/subjectaccessreviews', {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: { user: username, uid, groups, extra, nonResourceAttributes: { path: metricsPath, verb: 'get' } },
    });
    return accessReviewSchema.parse(answer).status.allowed ? 'allowed' : 'forbidden';
  }
}
