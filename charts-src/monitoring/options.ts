import * as z from 'zod';
import { labelsSchema } from '../kubernetes/label-schema';

/** What goes with a component's ServiceMonitor. */
export const monitoringOptionsSchema = z.strictObject({
  /**
   * Labels of ServiceMonitor and PrometheusRule, where Prometheus selects them by labels: `release:
   * kube-prometheus-stack`.
   */
  labels: labelsSchema,
  /** Renders alerts as a PrometheusRule. */
  alerts: z.boolean().default(true),
  /** Renders a dashboard as a ConfigMap for Grafana's sidecar. */
  dashboard: z.boolean().default(true),
});

/** Options with every default applied. */
export type MonitoringOptions = z.output<typeof monitoringOptionsSchema>;
