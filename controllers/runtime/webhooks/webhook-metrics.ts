import { X509Certificate } from 'node:crypto';
import { webhookMetrics as defined } from '../../../definitions/metrics/webhooks';
import type { RuntimeMetrics } from '../metrics';
import { metricsIn } from '../prometheus';
import type { AdmissionCode } from './admission-review';

const codes: readonly AdmissionCode[] = [200, 400, 403, 413, 500];

/** Counts reviews; every series exists from the start. */
export type WebhookMetrics = ReturnType<typeof createWebhookMetrics>;

/**
 * Makes the metrics of webhooks in the registry of a process; once for each.
 *
 * @param paths of the webhooks
 */
export function createWebhookMetrics({ registry }: Pick<RuntimeMetrics, 'registry'>, paths: readonly string[]) {
  const { counter, gauge, histogram } = metricsIn(registry);
  const requests = counter(defined.requests);
  const seconds = histogram(defined.seconds);
  const inFlight = gauge(defined.inFlight);
  const panics = counter(defined.panics);
  const notAfter = gauge(defined.certificateNotAfter);
  for (const webhook of paths) {
    for (const code of codes) requests.inc({ webhook, code: String(code) }, 0);
    seconds.zero({ webhook });
    inFlight.set({ webhook }, 0);
  }
  return {
    began: (webhook: string): void => inFlight.inc({ webhook }),
    ended: (webhook: string, code: AdmissionCode, tookMs: number): void => {
      inFlight.dec({ webhook });
      requests.inc({ webhook, code: String(code) });
      seconds.observe({ webhook }, tookMs / 1000);
    },
    panicked: (): void => panics.inc(),
    serves: (certificate: string): void => notAfter.set(new X509Certificate(certificate).validToDate.getTime() / 1000),
  };
}
