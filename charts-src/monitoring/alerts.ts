import { Construct } from 'constructs';
import { PrometheusRule, PrometheusRuleSpecGroupsRulesExpr } from '../../imports/monitoring.coreos.com';
import type { Alert } from './alert';
import type { ScrapeTarget } from './scrape-target';

export interface AlertsProps {
  readonly name: string;
  readonly target: ScrapeTarget;
  /** Labels of the object, by which a Prometheus finds it. */
  readonly labels: Readonly<Record<string, string>>;
  readonly alerts: readonly Alert[];
}

/** Alerts about one scrape target, as a PrometheusRule beside it. */
export class Alerts extends Construct {
  constructor(scope: Construct, id: string, { name, target, labels, alerts }: AlertsProps) {
    super(scope, id);
    const { namespace, job } = target;
    new PrometheusRule(this, 'Rule', {
      metadata: { name, namespace, labels: { ...labels } },
      spec: {
        groups: [
          {
            name: `${namespace}/${name}`,
            rules: alerts.map(({ name: alert, expression, labels: own, minutes, severity, summary, description }) => ({
              alert,
              expr: PrometheusRuleSpecGroupsRulesExpr.fromString(expression),
              for: `${minutes}m`,
              // Aggregation drops the target's labels: these say whose alert it is, also for routes. A series that says by itself
              // whose namespace it is about keeps that: two of them would become one, which fails the whole rule.
              labels: { severity, ...(own.includes('namespace') ? {} : { namespace }), job },
              annotations: { summary, description },
            })),
          },
        ],
      },
    });
  }
}
