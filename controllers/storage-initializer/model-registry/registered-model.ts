/** What `fetch-uri` needs for `model-registry://`, loaded when there is such a URI. */
// ts-unused-exports:disable-next-line -- imported when it is asked for, which the tool does not see
export { withMissingCredentials } from './missing-credentials';
// ts-unused-exports:disable-next-line -- imported when it is asked for, which the tool does not see
export { resolveModel } from './resolve-model';
// ts-unused-exports:disable-next-line -- imported when it is asked for, which the tool does not see
export { verifiedSource } from './verified-source';
