import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { healthRules } from '../../definitions/names/conditions';
import { type HealthStrictness, healthScript } from './health-script';

export interface ArgoHealthChecksProps extends HealthStrictness {
  /** Where Argo CD runs. */
  readonly namespace: string;
}

/**
 * Since 1.8 Argo CD does not judge Applications by itself, so that waves of Applications would not wait for each other. A
 * sync that is still at work counts too: the health of before says nothing.
 */
const applicationScript = `local status = obj.status
if status == nil or status.health == nil or status.health.status == nil then
  return { status = "Progressing", message = "not looked at yet" }
end
if status.operationState ~= nil and status.operationState.phase == "Running" then
  return { status = "Progressing", message = "sync under way" }
end
if status.health.status == "Missing" or status.health.status == "Unknown" then
  return { status = "Progressing", message = "health is " .. status.health.status }
end
return { status = status.health.status, message = status.health.message or "" }
`;

/** Health scripts by the key that Argo CD looks for: group and kind with an underscore between them. */
export function healthScripts(strictness: HealthStrictness): ReadonlyMap<string, string> {
  return new Map([
    ['argoproj.io_Application', applicationScript],
    ...healthRules.map((rule) => [`${rule.group}_${rule.kind}`, healthScript(rule, strictness)] as const),
  ]);
}

/**
 * The part of Argo CD's settings that says when objects of our kinds are healthy: the ConfigMap `argocd-cm` with these keys
 * alone. Server-side apply leaves all others as they are.
 */
export class ArgoHealthChecks extends Construct {
  constructor(scope: Construct, id: string, { namespace, strict }: ArgoHealthChecksProps) {
    super(scope, id);
    new k8s.KubeConfigMap(this, 'Settings', {
      metadata: {
        name: 'argocd-cm',
        namespace,
        // Argo CD reads its settings from objects that are part of itself.
        labels: { 'app.kubernetes.io/name': 'argocd-cm', 'app.kubernetes.io/part-of': 'argocd' },
      },
      data: Object.fromEntries(
        [...healthScripts({ strict })].map(([key, script]) => [`resource.customizations.health.${key}`, script]),
      ),
    });
  }
}
