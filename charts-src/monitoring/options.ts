import { z } from 'zod';

const labelKey = z
  .string()
  .regex(
    /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
    'expected a label key',
  );
const labelValue = z
  .string()
  .regex(/^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/, 'expected at most 63 letters, digits, dashes, dots');

/** What goes with a component's ServiceMonitor. */
export const monitoringOptionsSchema = z.strictObject({
  /**
   * Labels of ServiceMonitor and PrometheusRule, where Prometheus selects them by labels: `release:
   * kube-prometheus-stack`.
   */
  labels: z.record(labelKey, labelValue).default({}),
  /** Renders alerts as a PrometheusRule. */
  alerts: z.boolean().default(true),
  /** Renders a dashboard as a ConfigMap for Grafana's sidecar. */
  dashboard: z.boolean().default(true),
});

/** Options with every default applied. */
export type MonitoringOptions = z.output<typeof monitoringOptionsSchema>;
