/** Names shared by every controller process: ports, probe paths, file locations. */

/** Address of `/healthz` and `/readyz` unless a flag says otherwise. */
export const healthPort = 8081;
/** Ports of `/metrics` by convention: over HTTPS for those who may, over plain HTTP for anybody. */
export const metricsPorts = { https: 8443, http: 8080 } as const;

export const livenessPath = '/healthz';
export const readinessPath = '/readyz';
export const metricsPath = '/metrics';

/** Where Node is in the image, as in distroless images. */
export const nodePath = '/nodejs/bin/node';
/** Where the program is in the image. */
export const programPath = '/app/slipway.mjs';

/** Directory where the rendered ConfigMap of a controller is mounted. */
export const configDirectory = '/etc/slipway';

/** Directory where a pod finds its ServiceAccount's token, CA and namespace. */
export const serviceAccountDirectory = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Annotation with the digest of the configuration a pod template was rendered with, so that a change rolls the pods. */
export const configChecksumAnnotation = 'slipway.dev/config-checksum';

/** Unprivileged user and group of the image; the number upstream images use. */
export const imageUser = 65532;

/** Where a token is mounted that only registries accept. */
export const registryTokenDirectory = '/var/run/secrets/slipway.dev/registry';

/** Where the certificate of the metrics port is mounted, if it is not made by the process. */
export const metricsCertificateDirectory = '/etc/slipway-metrics-certificate';
