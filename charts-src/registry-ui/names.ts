/** Names of the user interface's objects, as upstream renders them. */
export const uiNames = {
  deployment: 'model-registry-ui',
  serviceAccount: 'model-registry-ui',
  service: 'model-registry-ui-service',
  networkPolicy: 'model-registry-ui',
  mesh: 'model-registry-ui',
  proxyConfig: 'auth-proxy-config',
} as const;

/** Labels that the UI's pods have and no others. */
export const uiSelector = { app: 'model-registry-ui' } as const;

/** Port of the UI's server. */
export const uiPort = 8080;

/** Port of the proxy before it. */
export const proxyPort = 8000;

/** Port of the Service where Istio's gateway looks for it. */
export const meshPort = 80;
