/** What `fetch-uri` needs for `model-registry://`, loaded when there is such a URI. */
export { withMissingCredentials } from './missing-credentials';
export { resolveModel } from './resolve-model';
export { verifiedSource } from './verified-source';
